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

/// What is checked of the runner's tables: `table: keys / groups <= limit`.
fn checks(asked: &str, sql: &str) -> Vec<String> {
    let cleared = judge(&room(asked), sql).unwrap_or_else(|bad| panic!("{sql}: {bad:?}"));
    let shown = |it: &glovebox_sql::CrowdingCheck| {
        let plan = it.plan().display_indent().to_string();
        let after = |word: &str| {
            let line = plan.lines().find_map(|line| line.trim().strip_prefix(word)).unwrap();
            line.split(']').next().unwrap().replace(&format!("{}.", it.table()), "")
        };
        let (keys, all) = (after("Aggregate: groupBy=[["), plan.lines());
        let tuples = all.rev().find_map(|line| line.trim().strip_prefix("Projection: ")).unwrap();
        let tuples = tuples.replace(&format!("{}.", it.table()), "");
        format!("{}: {keys} of {tuples} <= {}", it.table(), it.limit())
    };
    cleared.bound().checks().iter().map(shown).collect()
}

const LIMITED: &str = "groups per identity 1";

#[test]
fn keys_and_groups_of_the_runners_own_table_are_what_is_checked() {
    for (sql, expected) in [
        // Nothing but groups of the owner's.
        (AGGREGATION, ""),
        (CUSTOM, ""),
        ("SELECT page, COUNT(*) AS n FROM visits GROUP BY page", ""),
        ("SELECT seg, COUNT(*) AS n FROM free GROUP BY seg", ""),
        // Groups of the runner's.
        (
            "SELECT o.seg, SUM(i.amount) AS n FROM own o JOIN imp i ON o.k = i.user_id \
             GROUP BY o.seg",
            "own: k of k, seg <= 1",
        ),
        (
            "SELECT f.seg, v.page, SUM(v.amount) AS n FROM visits v JOIN free f \
             ON f.k = v.user_id WHERE f.n > 3 GROUP BY f.seg, v.page",
            "free: k of k, seg <= 1",
        ),
        // By a computed key, by a CTE, by DISTINCT.
        (
            "WITH w AS (SELECT k, UPPER(seg) AS s, n FROM free) SELECT s, n % 2 AS m, \
             SUM(v.amount) AS a FROM visits v JOIN w ON w.k = v.user_id GROUP BY s, n % 2",
            "free: k of k, seg, n <= 1",
        ),
        (
            "WITH w AS (SELECT DISTINCT k, seg FROM free) SELECT v.page, SUM(v.amount) AS a \
             FROM visits v JOIN w ON w.k = v.user_id GROUP BY v.page",
            "free: k of k, seg <= 1",
        ),
        // By an aggregate of the runner's rows.
        (
            "WITH w AS (SELECT k, MAX(n) AS most FROM free GROUP BY k) SELECT w.most, \
             SUM(v.amount) AS a FROM visits v JOIN w ON w.k = v.user_id GROUP BY w.most",
            "free: k of k, n <= 1",
        ),
        // By another name of the same column.
        (
            "SELECT v.page, SUM(v.amount) AS a FROM visits v JOIN free f \
             ON f.k = v.user_id AND f.seg = v.page GROUP BY v.page",
            "free: k of k, seg <= 1",
        ),
        // A key of two columns, none of which is the identity: groups within it.
        (
            "SELECT f.n, COUNT(*) AS a FROM visits v JOIN free f \
             ON f.seg = v.page AND f.n = v.amount GROUP BY f.n",
            "",
        ),
        (
            "SELECT f.k, COUNT(*) AS a FROM visits v JOIN free f \
             ON f.seg = v.page AND f.n = v.amount GROUP BY f.k",
            "free: n, seg of k, seg, n <= 1",
        ),
        // Either of two keys.
        (
            "SELECT f.n, COUNT(*) AS a FROM visits v JOIN free f \
             ON f.k = v.user_id OR f.seg = v.page GROUP BY f.n",
            "free: k of k, n <= 1; free: seg of seg, n <= 1",
        ),
        // Groups of a third table, chosen by the runner's rows.
        (
            "SELECT w.page, COUNT(*) AS a FROM visits v JOIN free f ON f.k = v.user_id \
             JOIN visits w ON w.user_id = f.seg GROUP BY w.page",
            "free: k of k, seg <= 1",
        ),
        // Windows over the result, and a share of it.
        (
            "SELECT seg, n, RANK() OVER (ORDER BY n) AS r FROM (SELECT f.seg, \
             SUM(v.amount) AS n FROM visits v JOIN free f ON f.k = v.user_id GROUP BY f.seg) x",
            "free: k of k, seg <= 1",
        ),
        (
            "SELECT f.seg, SUM(COUNT(*)) OVER () AS n FROM visits v \
             JOIN free f ON f.k = v.user_id GROUP BY f.seg",
            "free: k of k, seg <= 1",
        ),
    ] {
        assert_eq!(checks("", sql), [""; 0], "{sql}");
        assert_eq!(checks(LIMITED, sql).join("; "), expected, "{sql}");
    }
}

#[test]
fn lists_are_groups_and_copies_may_be_taken_out_as_well() {
    let list = "SELECT DISTINCT m.seg FROM mine m JOIN names n ON m.k = n.user_id";
    assert_eq!(checks(LIMITED, list).join("; "), "mine: k of k, seg <= 1");
    let both = "distinct runner rows groups per identity 7";
    let sql = "SELECT o.seg, SUM(i.amount) AS n FROM own o JOIN imp i ON o.k = i.user_id \
               GROUP BY o.seg";
    assert_eq!(checks(both, sql).join("; "), "own: k of k, seg <= 7");
    assert_eq!(distinct(both, sql), "own");
    // The check enters the digest of the plan.
    let digest = |asked| glovebox_sql::digest(judge(&room(asked), sql).unwrap().bound());
    assert_ne!(digest("groups per identity 1"), digest("groups per identity 2"));
    assert_ne!(digest("groups per identity 1"), digest(""));
}

#[test]
fn a_shape_in_which_groups_cannot_be_counted_is_refused() {
    for sql in [
        // No keys, keys by functions, by a filter, by a subquery.
        "SELECT f.seg, COUNT(*) AS n FROM visits v CROSS JOIN free f GROUP BY f.seg",
        "SELECT f.seg, COUNT(*) AS n FROM visits v JOIN free f ON UPPER(f.k) = v.user_id \
         GROUP BY f.seg",
        "SELECT f.seg, COUNT(*) AS n FROM visits v, free f WHERE f.k = v.user_id GROUP BY f.seg",
        "SELECT f.seg, COUNT(*) AS n FROM visits v JOIN free f ON f.k >= v.user_id GROUP BY f.seg",
        // Spellings of one number.
        "SELECT f.k, COUNT(*) AS n FROM visits v JOIN free f ON f.seg = v.amount GROUP BY f.k",
        // Two keys for one column, and OR with something else.
        "SELECT f.n, COUNT(*) AS c FROM visits v JOIN free f \
         ON f.k = v.user_id OR f.seg = v.user_id GROUP BY f.n",
        "SELECT f.n, COUNT(*) AS c FROM visits v JOIN free f \
         ON f.k = v.user_id OR f.n > v.amount GROUP BY f.n",
        // Two tables of the runner's.
        "SELECT g.seg, COUNT(*) AS n FROM visits v JOIN free f ON f.k = v.user_id \
         JOIN free g ON g.n = f.n GROUP BY g.seg",
        // Groups without a column.
        "SELECT x.g, COUNT(*) AS n FROM visits v JOIN free f ON f.k = v.user_id \
         JOIN (VALUES ('a'), ('b')) AS x (g) ON x.g <> f.seg GROUP BY x.g",
        "SELECT g, COUNT(*) AS n FROM (SELECT k, 'a' AS g FROM free WHERE n = 1 UNION ALL \
         SELECT k, 'b' AS g FROM free WHERE n = 2) f JOIN visits v ON f.k = v.user_id GROUP BY g",
    ] {
        // In the mode of AWS nothing else is in the way.
        let free = judge(&room("mode aws"), sql);
        assert!(free.is_ok(), "{sql}: {free:?}");
        for asked in ["mode aws groups per identity 1000", "groups per identity 1000"] {
            let refused = judge(&room(asked), sql).expect_err(sql);
            let codes: Vec<u16> = refused.iter().map(|it| it.code.0).collect();
            assert!(codes.contains(&333) || !asked.starts_with("mode"), "{sql}: {codes:?}");
        }
    }
}

#[test]
fn the_least_limit_counts_and_the_runners_own_does_not() {
    let mut rules = room("groups per identity 5").rules(room("").runner().unwrap().account);
    let mut put = |name: &str, limit| {
        let name = glovebox_model::TableName::new(name).unwrap();
        rules.tables.get_mut(&name).unwrap().extension.max_groups_per_identity = limit;
    };
    put("visits", Some(3));
    put("free", Some(1));
    let sql = "SELECT f.seg, COUNT(*) AS n FROM visits v JOIN free f ON f.k = v.user_id \
               GROUP BY f.seg";
    let cleared = crate::room::judge_by(&room("").schema(), &rules, sql).unwrap();
    let limits: Vec<u32> = cleared.bound().checks().iter().map(|it| it.limit()).collect();
    assert_eq!(limits, [3]);
}
