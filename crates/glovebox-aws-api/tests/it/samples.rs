//! Makes JSON values that satisfy a shape, from a stream of choices.

use glovebox_aws_api::shapes::SHAPES;
use glovebox_aws_api::{Kind, Member, Shape, validate};
use serde_json::{Map, Value, json};

/// Texts of which one satisfies every length and pattern of the model.
const TEXTS: &[&str] = &[
    "11111111-2222-3333-4444-555555555555",
    "111122223333",
    "a",
    "name",
    "Name 1",
    "results-bucket",
    "out/part=1/",
    "SELECT 1",
    "us-east-1-and-a-longer-text-for-minima",
    "s3://bucket/prefix/",
    "https://x.cloud.databricks.com",
    "https://x.cloud.databricks.com/api/2.0/delta-sharing/metastores/11111111-2222-3333-4444-555555555555/recipients/11111111-2222-3333-4444-555555555555",
    "arn:aws:iam::111122223333:role/service-role/cleanrooms",
    "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:collaboration/11111111-2222-3333-4444-555555555555",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:membership/11111111-2222-3333-4444-555555555555",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:configuredtable/11111111-2222-3333-4444-555555555555",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:privacybudgettemplate/11111111-2222-3333-4444-555555555555",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:configuredtableassociation/11111111-2222-3333-4444-555555555555/66666666-7777-8888-9999-000000000000",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:membership/11111111-2222-3333-4444-555555555555/analysistemplate/66666666-7777-8888-9999-000000000000",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:membership/11111111-2222-3333-4444-555555555555/configuredtableassociation/66666666-7777-8888-9999-000000000000",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:membership/11111111-2222-3333-4444-555555555555/idmappingtable/66666666-7777-8888-9999-000000000000",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:membership/11111111-2222-3333-4444-555555555555/intermediatetable/66666666-7777-8888-9999-000000000000",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:membership/11111111-2222-3333-4444-555555555555/idnamespaceassociation/66666666-7777-8888-9999-000000000000",
    "arn:aws:cleanrooms:ap-southeast-2:111122223333:membership/11111111-2222-3333-4444-555555555555/configuredaudiencemodelassociation/66666666-7777-8888-9999-000000000000",
    "arn:aws:cleanrooms-ml:us-east-1:111122223333:configured-audience-model/x",
    "arn:aws:entityresolution:us-east-1:111122223333:idmappingworkflow/x",
    "arn:aws:entityresolution:us-east-1:111122223333:idnamespace/x",
];

/// Chooses a number below its argument.
pub(crate) type Choose<'a> = dyn FnMut(usize) -> usize + 'a;

/// A value that satisfies the shape.
pub(crate) fn sample(shape: &Shape, choose: &mut Choose<'_>) -> Value {
    match &shape.kind {
        Kind::Boolean => json!(choose(2) == 1),
        Kind::Integer { min, max } => {
            let span = usize::try_from(max.saturating_sub(*min)).unwrap_or(usize::MAX).min(1000);
            json!(min.checked_add(i64::try_from(choose(span + 1)).unwrap()).unwrap())
        }
        Kind::Number { min, max } => json!(if choose(2) == 0 { *min } else { *max }),
        Kind::Text { .. } => {
            let good = texts(shape);
            json!(good[choose(good.len())])
        }
        Kind::Choice(values) => json!(values[choose(values.len())]),
        Kind::Timestamp => json!(1_780_970_523.366),
        Kind::Document => json!({"free": [1, "x", null]}),
        Kind::List { member, size } => {
            let count = size.min + choose(size.max.saturating_sub(size.min).min(2) + 1);
            (0..count).map(|_| sample(member, choose)).collect()
        }
        Kind::Map { key, value, size } => {
            let most = size.max.min(texts(key).len());
            let count = size.min + choose(most.saturating_sub(size.min).min(2) + 1);
            let entries = texts(key).into_iter().take(count);
            Value::Object(entries.map(|k| (k.to_owned(), sample(value, choose))).collect())
        }
        Kind::Structure(members) => {
            let mut map = Map::new();
            for member in *members {
                if member.required || choose(2) == 1 {
                    put(&mut map, member, choose);
                }
            }
            Value::Object(map)
        }
        Kind::Union(members) => {
            let mut map = Map::new();
            put(&mut map, &members[choose(members.len())], choose);
            Value::Object(map)
        }
    }
}

fn put(map: &mut Map<String, Value>, member: &Member, choose: &mut Choose<'_>) {
    map.insert(member.name.to_owned(), sample(member.shape, choose));
}

/// The texts that satisfy a text shape.
fn texts(shape: &Shape) -> Vec<&'static str> {
    TEXTS.iter().copied().filter(|text| validate(shape, &json!(text)).is_empty()).collect()
}

#[test]
fn every_text_of_the_model_can_be_satisfied_by_a_real_one() {
    assert_eq!(SHAPES.len(), 743);
    for shape in SHAPES.iter().filter(|shape| matches!(shape.kind, Kind::Text { .. })) {
        assert!(!texts(shape).is_empty(), "{}", shape.name);
    }
}

#[test]
fn arns_of_the_longest_region_fit_although_the_model_forbids_them() {
    for (name, part) in [
        ("ConfiguredTableAssociationArn", ":configuredtableassociation/"),
        ("CleanroomsArn", "/analysistemplate/"),
        ("PrivacyBudgetTemplateArn", ":privacybudgettemplate/"),
    ] {
        let shape = SHAPES.iter().find(|shape| shape.name == name).unwrap();
        let arn = TEXTS.iter().find(|text| text.contains(part)).unwrap();
        assert!(arn.len() > 100);
        assert_eq!(validate(shape, &json!(arn)), [], "{name}");
    }
}
