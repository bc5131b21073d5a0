//! One row for the groups below a threshold, when every owner agrees.

use glovebox_model::{
    ANY_QUERY, AggregateExpressions, AggregationThreshold, ColumnName, CustomRule, Digest,
    Extension, ResultFormat, Rule, WrittenCustom,
};
use glovebox_privacy::{Reserved, SecureDraw, release};

use crate::house::{BRAND, House, destination, house, kept, key};

const AUDIENCE: &str = "person,segment\np1,a\np2,a\np3,b\np4,b\np5,b\n";
/// Three regions of one person each beside one of two.
const ORDERS: &str = "person,region,amount\n\
     p1,eu,10\np2,eu,20\np3,us,5\np4,asia,7\np1,,100\np9,us,1000\n";
const BY_REGION: &str = "SELECT region, SUM(amount) AS total FROM orders \
     JOIN audience ON orders.person = audience.person GROUP BY region";

fn told(notice: bool) -> Extension {
    Extension { suppression_notice: notice, ..Extension::default() }
}

impl House {
    /// The delivered text, the digests in both formats, and whether the last row is the other one.
    async fn answer(&self, sql: &str, seller: bool, brand: bool) -> (String, Vec<Digest>, bool) {
        let reserved = self.reserved_with_both(sql, [told(seller), told(brand)]);
        assert_eq!(reserved.remainder().is_some(), seller && brand);
        self.delivered(reserved).await
    }

    async fn delivered(&self, reserved: Reserved) -> (String, Vec<Digest>, bool) {
        self.bucket(BRAND);
        let executed = self.run(reserved, self.inputs()).await.unwrap();
        let released = release(executed, &mut SecureDraw::new().unwrap()).unwrap();
        let formats = [ResultFormat::Csv, ResultFormat::Parquet];
        let to = formats.map(|it| destination(BRAND, it)).into();
        let encoded = self.encode(released, to).await.unwrap();
        let digests = encoded.files().files.iter().map(|it| it.digest).collect();
        let other_row = encoded.other_row();
        let delivered = self.engine().deliver(kept(encoded), &key(), &[]).await.unwrap();
        let csv = delivered.objects.iter().find(|it| it.key.ends_with(".csv")).unwrap();
        (String::from_utf8(self.object(BRAND, &csv.key)).unwrap(), digests, other_row)
    }
}

#[tokio::test]
async fn the_last_row_is_the_aggregate_over_withheld_groups_when_every_owner_agrees() {
    let house = house(ORDERS, AUDIENCE);
    for (more, rows) in [
        (" ORDER BY region", "eu,30\n,112\n"),
        // It is last wherever its values would be.
        (" ORDER BY total DESC", "eu,30\n,112\n"),
        // HAVING is asked of it; a group that passes its thresholds and fails HAVING is not in it.
        (" HAVING SUM(amount) > 50", ",112\n"),
        (" HAVING SUM(amount) < 50", "eu,30\n"),
        (" HAVING SUM(amount) < 0", ""),
    ] {
        let (text, digests, other_row) =
            house.answer(&format!("{BY_REGION}{more}"), true, true).await;
        assert_eq!(text, format!("region,total\n{rows}"), "{more}");
        assert_eq!(other_row, rows.contains(",112"), "{more}");
        for (seller, brand) in [(false, false), (true, false), (false, true)] {
            let alone = house.answer(&format!("{BY_REGION}{more}"), seller, brand).await;
            assert_eq!(alone.0, text.replace("\n,112", "\n").replace("\n\n", "\n"), "{more}");
            assert!(!alone.2, "{more}");
            assert_eq!(alone.1 == digests, !other_row, "{more}");
        }
    }
}

#[tokio::test]
async fn what_does_not_pass_together_looks_like_nothing_withheld() {
    for orders in [
        // Nothing is withheld.
        "p1,eu,10\np2,eu,20\np3,us,5\np4,us,5\n",
        // One group.
        "p1,eu,10\np2,eu,20\np3,us,5\np3,us,7\n",
        // Two groups of one person.
        "p1,eu,10\np2,eu,20\np3,us,5\np3,asia,7\n",
        // Nothing passes.
        "p1,eu,10\n",
    ] {
        let house = house(&format!("person,region,amount\n{orders}"), AUDIENCE);
        let sql = format!("{BY_REGION} ORDER BY region");
        let agreed = house.answer(&sql, true, true).await;
        assert!(!agreed.2, "{orders}");
        assert_eq!(agreed, house.answer(&sql, false, false).await, "{orders}");
    }
}

/// At least three people, or two where a row shows its region; whoever it is may ask anything.
fn thresholds() -> [Rule; 2] {
    let column = |it: &str| ColumnName::new(it).unwrap();
    [vec![(column("region"), 2)], Vec::new()].map(|output_columns| {
        let written = WrittenCustom {
            allowed_analyses: vec![ANY_QUERY.to_owned()],
            allowed_analysis_providers: Some(vec![BRAND.parse().unwrap()]),
            aggregation_thresholds: Some(vec![AggregationThreshold {
                identity: column("person"),
                minimum: if output_columns.is_empty() { 2 } else { 3 },
                output_columns,
                expressions: AggregateExpressions::AnyExpression,
            }]),
            ..WrittenCustom::default()
        };
        Rule::Custom(CustomRule::new(&written).unwrap())
    })
}

#[tokio::test]
async fn under_custom_rules_the_row_meets_the_minimum_of_rows_that_show_no_key() {
    for (orders, rows) in [
        // Three people in two groups that are too small for a row with a region.
        ("p1,eu,10\np2,eu,20\np3,us,5\np4,asia,7\np1,,100\n", "eu,30,2\n,112,3\n"),
        // Two people: enough for a row with a region, not for one without.
        ("p1,eu,10\np2,eu,20\np3,us,5\np4,asia,7\n", "eu,30,2\n"),
        // One group.
        ("p1,eu,10\np2,eu,20\np3,us,5\np3,us,7\n", "eu,30,2\n"),
    ] {
        let house = house(&format!("person,region,amount\n{orders}"), AUDIENCE);
        let sql = "WITH met AS (SELECT o.region, o.amount, o.person FROM orders o \
                   JOIN audience a ON o.person = a.person) \
                   SELECT region, SUM(amount) AS total, COUNT(DISTINCT person) AS n FROM met \
                   GROUP BY region ORDER BY total";
        let reserved = |notice: bool| {
            house.reserved_under(sql, thresholds(), [told(true), told(notice)]).unwrap()
        };
        let (text, digests, other_row) = house.delivered(reserved(true)).await;
        assert_eq!(text, format!("region,total,n\n{rows}"));
        assert_eq!(other_row, rows.contains(",112"));
        let alone = house.delivered(reserved(false)).await;
        assert_eq!(alone.0, text.replace("\n,112,3\n", "\n"));
        assert_eq!(alone.1 == digests, !other_row);
    }
}

#[test]
fn thresholds_at_two_places_and_picks_by_order_have_no_such_row() {
    let house = house(ORDERS, AUDIENCE);
    for (sql, has) in [
        ("SELECT region, SUM(amount) AS n FROM orders GROUP BY region", true),
        (
            "SELECT region, COUNT(*) AS n FROM orders WHERE EXISTS (SELECT 1 FROM audience a WHERE \
          a.segment = 'a') GROUP BY region",
            false,
        ),
        (
            "SELECT region, SUM(n) AS n FROM (SELECT region, SUM(amount) AS n FROM orders GROUP BY \
          region) GROUP BY region",
            false,
        ),
        (
            "SELECT region, COUNT(*) AS n FROM (SELECT region, ROW_NUMBER() OVER (ORDER BY amount) \
          AS r FROM orders) WHERE r % 2 = 0 GROUP BY region",
            false,
        ),
        ("SELECT DISTINCT region FROM orders", false),
        ("SELECT region, COUNT(*) AS n FROM orders GROUP BY region LIMIT 5", false),
        ("SELECT region, COUNT(*) AS n FROM orders GROUP BY ROLLUP(region)", false),
    ] {
        let Some(reserved) = house.reserved_under(sql, thresholds(), [told(true), told(true)])
        else {
            assert!(!has, "{sql}");
            continue;
        };
        assert_eq!(reserved.remainder().is_some(), has, "{sql}");
    }
}
