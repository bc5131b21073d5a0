//! Parameters of templates: values never reach the text, the facts or an error.

use glovebox_model::{Parameter, ParameterType, Timestamp};
use glovebox_sql::{Bound, Fault, FormKind, Unbound, bind_template};
use proptest::prelude::*;

use crate::room::{NOW, refusal, schema, show};

fn parameter(name: &str, kind: ParameterType, value: &str) -> Parameter {
    Parameter { name: name.to_owned(), kind, value: value.to_owned() }
}

fn bound(text: &str, parameters: &[Parameter]) -> Result<Bound, Vec<Unbound>> {
    bind_template(text, &schema(), Timestamp::from_millis(NOW), parameters)
}

#[test]
fn a_value_of_each_type_stands_as_one_literal() {
    let values = [
        (ParameterType::Smallint, "-7", "returned"),
        (ParameterType::Integer, "7", "returned"),
        (ParameterType::Bigint, "9223372036854775807", "returned"),
        (ParameterType::Decimal, "-12.50", "returned"),
        (ParameterType::Real, "1.5", "returned"),
        (ParameterType::DoublePrecision, "1e300", "returned"),
        (ParameterType::Boolean, "TRUE", "state = 'x'"),
        (ParameterType::Varchar, "x' OR '1'='1", "state"),
        (ParameterType::Date, "2024-02-29", "returndate"),
        (ParameterType::Timestamp, "2024-02-29T23:59:59.5Z", "returndate"),
    ];
    for (kind, value, against) in values {
        let text = format!("SELECT state FROM returns WHERE ({against}) = :p AND :p IS NOT NULL");
        let bound = match bound(&text, &[parameter("p", kind, value)]) {
            Ok(bound) => bound.into_total().unwrap(),
            Err(faults) => panic!("{kind:?}: {}", show(&text, &faults)),
        };
        let plan = bound.plan().display_indent().to_string();
        assert!(!plan.contains("Placeholder") && !plan.contains(":p"), "{plan}");
        let forms = &bound.facts().statement.forms;
        assert_eq!(forms.iter().filter(|it| it.kind == FormKind::Parameter).count(), 2);
    }
}

#[test]
fn a_value_never_changes_what_the_text_says() {
    let text = "SELECT state FROM returns WHERE state = :p";
    let hostile =
        ["' OR 1=1 --", "'; DROP TABLE x", "\\' OR ''='", ":q", "\\", "é\u{202e}", "--", "/*", ""];
    let facts = |value: &str| {
        bound(text, &[parameter("p", ParameterType::String, value)]).unwrap().facts().clone()
    };
    let first = facts("plain");
    assert!(hostile.iter().all(|it| facts(it) == first));
}

#[test]
fn a_fault_names_the_parameter_and_never_its_value() {
    let text = "SELECT state FROM returns WHERE returned = :Limit";
    let faults = |list: &[Parameter]| bound(text, list).unwrap_err();
    let wrong = faults(&[parameter("Limit", ParameterType::Integer, "seven secrets")]);
    assert_eq!(wrong[0].fault, Fault::WrongParameter { name: "Limit".to_owned() });
    assert!(!show(text, &wrong).contains("secret"));
    assert_eq!(&text[wrong[0].span.unwrap().start..], ":Limit");
    let unknown = Fault::UnknownParameter { name: "Limit".to_owned() };
    assert_eq!(faults(&[])[0].fault, unknown);
    // Case counts, as in the declaration.
    assert_eq!(faults(&[parameter("limit", ParameterType::Integer, "7")])[0].fault, unknown);
    let time = faults(&[parameter("Limit", ParameterType::Time, "12:00:00")]);
    assert_eq!(time[0].fault, Fault::WrongParameter { name: "Limit".to_owned() });
}

#[test]
fn a_parameter_is_no_name_no_number_of_rows_and_nothing_in_a_plain_query() {
    let p =
        [parameter("p", ParameterType::String, "returns"), parameter("n", ParameterType::Int, "1")];
    for text in [
        "SELECT state FROM :p",
        "SELECT returns.:p FROM returns",
        "SELECT state AS :p FROM returns",
        "SELECT state FROM returns LIMIT :n",
        "SELECT state FROM returns WHERE returndate > DATE :p",
        "SELECT state FROM returns WHERE state = @p",
        "SELECT state FROM returns WHERE state = $p",
        "SELECT state FROM returns WHERE state = ?",
        "SELECT CAST(state AS :p) FROM returns",
    ] {
        assert!(bound(text, &p).is_err(), "{text}");
    }
    // An ordinal is a number that is written, never one that is given.
    let facts =
        bound("SELECT state, :n AS x FROM returns ORDER BY :n", &p).unwrap().facts().clone();
    assert!(facts.lineage.orders.iter().all(|it| it.plain.is_empty()));
    assert!(refusal("SELECT state FROM returns WHERE state = :p").contains("a parameter"));
}

proptest! {
    #[test]
    fn facts_never_depend_on_values(
        city in ".{0,20}", n in any::<i32>(), d in -1_000_000_i64..1_000_000, other in ".{0,20}",
    ) {
        let text = "WITH x AS (SELECT state, returned * :d AS r FROM returns WHERE state <> :city) \
                    SELECT state, SUM(r) + :n AS s FROM x GROUP BY state HAVING SUM(r) > :n";
        let with = |city: &str, n: i32, d: &str| {
            let list = [
                parameter("city", ParameterType::Varchar, city),
                parameter("n", ParameterType::Int, &n.to_string()),
                parameter("d", ParameterType::Decimal, d),
            ];
            bound(text, &list).map(|it| it.facts().clone())
        };
        prop_assert_eq!(with(&city, n, &format!("{d}.5")), with(&other, 0, "1"));
    }
}
