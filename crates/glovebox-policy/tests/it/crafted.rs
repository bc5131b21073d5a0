//! What owners ask against crafted tables is in the plan that runs, or nothing runs.

use glovebox_fixture::{Room, parse};

use crate::room::judge;

/// Two tables under rules of one type; `asked` stands below the rule of the owner's.
fn room(asked: &str) -> Room {
    let text = format!(
        "member brand can query, can receive
         table own (k text, seg text, n bigint)
         rule aggregation aggregate count(k) join k dimension seg threshold k 2
         table free (k text, seg text, n bigint)
         rule custom any query by brand
         table mine (k text, seg text)
         rule list join k list seg
         member publisher
         table imp (user_id text, zip text, amount bigint)
         rule aggregation aggregate sum(amount) join user_id required dimension zip
         threshold user_id 2 {asked}
         table visits (user_id text, page text, amount bigint)
         rule custom any query by brand threshold user_id 2 expressions {asked}
         table names (user_id text, page text)
         rule list join user_id list page {asked}"
    );
    parse(&text).unwrap()
}

/// How many DISTINCTs stand over the scan of each table that the runner or another one owns.
fn distinct(asked: &str, sql: &str) -> String {
    let cleared = judge(&room(asked), sql).unwrap();
    let plan = cleared.plan().display_indent().to_string();
    let lines: Vec<&str> = plan.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        if *line == "Distinct:" {
            let scan = lines[place..].iter().find_map(|it| it.strip_prefix("TableScan: "));
            found.push(scan.unwrap().split(' ').next().unwrap());
        }
    }
    found.join(" ")
}

const AGGREGATION: &str = "SELECT i.zip, SUM(i.amount) AS n FROM own o JOIN imp i \
                           ON o.k = i.user_id GROUP BY i.zip";
const CUSTOM: &str = "SELECT v.page, SUM(v.amount) AS n FROM free f JOIN visits v \
                      ON f.k = v.user_id GROUP BY v.page";

#[test]
fn the_runners_rows_are_distinct_where_an_owner_asks_for_it() {
    for sql in [AGGREGATION, CUSTOM] {
        assert_eq!(distinct("", sql), "");
    }
    let asked = "distinct runner rows";
    assert_eq!(distinct(asked, AGGREGATION), "own");
    assert_eq!(distinct(asked, CUSTOM), "free");
    // The same in a mode where AWS's holes are open.
    assert_eq!(distinct("mode aws distinct runner rows", CUSTOM), "free");
    let twice = "SELECT v.page, SUM(v.amount) AS n FROM visits v \
                 JOIN (SELECT k FROM free) f ON f.k = v.user_id \
                 LEFT JOIN free g ON g.k = v.user_id GROUP BY v.page";
    assert_eq!(distinct(asked, twice), "free free");
    let nested = "SELECT page, SUM(amount) AS n FROM visits \
                  WHERE user_id IN (SELECT k FROM free) GROUP BY page";
    assert_eq!(distinct(asked, nested), "free");
    // Nobody who asks is in the query.
    assert_eq!(distinct(asked, "SELECT seg, COUNT(*) AS n FROM free GROUP BY seg"), "");
    let alone = "SELECT page, SUM(amount) AS n FROM visits GROUP BY page";
    assert_eq!(distinct(asked, alone), "");
}

#[test]
fn answers_of_list_rules_are_distinct_anyway() {
    let sql = "SELECT DISTINCT m.seg FROM mine m JOIN names n ON m.k = n.user_id";
    assert_eq!(distinct("distinct runner rows", sql), distinct("", sql));
}

#[test]
fn the_digest_of_a_rule_tells_that_rows_are_made_distinct() {
    let digests = |asked| judge(&room(asked), CUSTOM).unwrap().rule_digests().to_vec();
    assert_ne!(digests(""), digests("distinct runner rows"));
}

#[test]
fn a_control_that_the_house_does_not_have_allows_nothing() {
    let room = room("");
    let runner = room.runner().unwrap().account;
    let mut rules = room.rules(runner);
    let name = glovebox_model::TableName::new("visits").unwrap();
    rules.tables.get_mut(&name).unwrap().extension.max_groups_per_identity = Some(1);
    assert!(crate::room::judge_by(&room.schema(), &rules, CUSTOM).is_err());
    assert!(crate::room::judge_by(&room.schema(), &rules, AGGREGATION).is_ok());
}
