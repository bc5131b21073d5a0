//! Attacks that are known to work or to be stopped.

use std::collections::BTreeMap;

use glovebox_fixture::parse;
use glovebox_lint::{Report, lint};
use glovebox_model::{TableName, Timestamp};

fn report(rule: &str) -> Report {
    let text = format!(
        "member brand can query, can receive\nmember owner\n  table people (id text, city text, \
         age int, income bigint)\n  {rule}\n"
    );
    let room = parse(&text).unwrap_or_else(|bad| panic!("{bad:?}"));
    let table = TableName::new("people").unwrap();
    lint(&room, &table, None, Timestamp::from_millis(0), |_| {}).unwrap()
}

/// The families that worked, with what stops them.
fn worked(report: &Report) -> BTreeMap<&str, Option<&str>> {
    report.findings.iter().map(|it| (it.family, it.change.as_deref())).collect()
}

#[test]
fn a_custom_rule_without_controls_lets_everything_through() {
    let report = report("rule custom any query by brand");
    let worked = worked(&report);
    for family in ["literal-probe", "small-domain", "differencing", "smuggling", "having-order"] {
        assert!(worked.contains_key(family), "{family} in {worked:?}");
    }
    assert!(report.is_synthetic && report.json()["synthetic"] == true);
}

#[test]
fn a_threshold_and_controls_stop_what_names_a_person() {
    let report = report(
        "rule custom any query by brand threshold id 50 bare columns literals none columns id",
    );
    let worked = worked(&report);
    for family in ["literal-probe", "small-domain", "differencing", "crafted-single"] {
        assert!(!worked.contains_key(family), "{family} in {}", report.text());
    }
    // A maximum is one person's value, however many stand behind it.
    let greatest = report.findings.iter().find(|it| it.family == "smuggling").unwrap();
    assert!(greatest.queries[0].contains("MAX("), "{}", report.text());
    // Whoever knows forty-nine people can add one: no threshold stops that.
    assert_eq!(
        worked.get("crafted-padded"),
        Some(&Some("set aggregationThresholds, and comparisonControls with two empty lists")),
        "{}",
        report.text()
    );
}

#[test]
fn padding_in_every_group_is_found_and_a_limit_of_groups_stops_it() {
    let rule = "rule custom any query by brand threshold id 50 bare columns literals none \
                columns id";
    let open = report(rule);
    let change = "set maxGroupsPerIdentity to 1 in the extension of the table";
    assert_eq!(worked(&open).get("crafted-groups"), Some(&Some(change)), "{}", open.text());
    let limited = report(&format!("{rule} groups per identity 1"));
    assert!(!worked(&limited).contains_key("crafted-groups"), "{}", limited.text());
    // One group of padding is no group at all.
    assert!(worked(&limited).contains_key("crafted-padded"), "{}", limited.text());
}

#[test]
fn the_documented_hole_of_aws_is_found_and_strict_mode_stops_it() {
    let rule =
        "rule custom any query by brand threshold id 50 bare columns literals city columns id";
    let emulated = report(&format!("{rule} mode aws"));
    let found = worked(&emulated);
    assert_eq!(
        found.get("literal-probe"),
        Some(&Some("read the rule in strict mode")),
        "{}",
        emulated.text()
    );
    assert!(!worked(&report(rule)).contains_key("literal-probe"));
}

#[test]
fn a_list_rule_lets_membership_be_asked_and_nothing_stops_it() {
    let report = report("rule list join id list city, age");
    let worked = worked(&report);
    assert_eq!(worked.get("crafted-single"), Some(&None), "{}", report.text());
}

#[test]
fn an_aggregation_rule_lets_filters_be_subtracted() {
    let report = report(
        "rule aggregation aggregate sum(income), count(distinct id) dimension city join id \
         threshold id 50",
    );
    let worked = worked(&report);
    let change = worked.get("differencing").unwrap_or_else(|| panic!("{}", report.text()));
    assert_eq!(*change, Some("take `city` out of dimensionColumns"));
    assert!(!worked.contains_key("crafted-single") && !worked.contains_key("small-domain"));
}

#[test]
fn nobody_is_told_that_a_rule_is_safe() {
    let report = report("rule custom");
    assert!(!report.has_findings());
    let text = report.text();
    assert!(text.contains("none of the listed attacks worked on this table"), "{text}");
    assert!(!text.contains("safe"), "{text}");
    assert!(report.families.iter().all(|it| it.tries > 0 && it.allowed == 0));
}
