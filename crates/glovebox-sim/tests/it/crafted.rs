//! Ten thousand copies of one key, brought by the runner, weigh like one.

use glovebox_fixture::{Room, parse};
use glovebox_policy::clear;
use glovebox_sql::bind;

use crate::engine::now;
use crate::interference::World;

/// Far more than the rows of everybody else.
const COPIES: usize = 10_000;

fn room(asked: &str) -> Room {
    let text = format!(
        "member brand can query, can receive
         table own (k text, seg text, n bigint)
         rule aggregation aggregate count(k) join k dimension seg threshold k 2
         table free (k text, seg text, n bigint)
         rule custom any query by brand
         member publisher
         table imp (user_id text, zip text, amount bigint)
         rule aggregation aggregate sum(amount), count(amount) join user_id required
         dimension zip threshold user_id 2 {asked}
         table visits (user_id text, page text, amount bigint)
         rule custom any query by brand threshold user_id 2 expressions {asked}"
    );
    parse(&text).unwrap()
}

/// Three people of the owner's; the runner has the first of them `copies` times.
fn world(copies: usize) -> World {
    let row = |key: &str, text: &str, number| (vec![key.to_owned(), text.to_owned()], number);
    let mut runners = vec![row("u1", "s", 1), row("u2", "s", 1)];
    runners.resize(2 + copies - 1, row("u1", "s", 1));
    let owners = vec![row("u1", "z", 7), row("u2", "z", 50), row("u3", "z", 900)];
    let tables = [
        ("own", vec!["k", "seg", "n"], runners.clone()),
        ("free", vec!["k", "seg", "n"], runners),
        ("imp", vec!["user_id", "zip", "amount"], owners.clone()),
        ("visits", vec!["user_id", "page", "amount"], owners),
    ];
    let tables = tables.into_iter().map(|(name, columns, rows)| (name, (columns, rows)));
    World { tables: tables.collect() }
}

fn answer(asked: &str, copies: usize, sql: &str) -> Vec<String> {
    let room = room(asked);
    let bound = bind(sql, &room.schema(), now()).unwrap();
    let rules = room.rules(room.runner().unwrap().account);
    let cleared = match clear(bound, &rules) {
        Ok(cleared) => cleared,
        Err(refusals) => panic!("{:?}\n{sql}", refusals.into_findings()),
    };
    world(copies).answer(cleared.plan(), cleared.output_names().len())
}

#[test]
fn ten_thousand_copies_of_a_key_change_no_answer_where_the_owner_says_so() {
    let queries = [
        "SELECT i.zip, SUM(i.amount) AS n FROM own o JOIN imp i ON o.k = i.user_id GROUP BY i.zip",
        "SELECT SUM(v.amount) AS n FROM free f JOIN visits v ON f.k = v.user_id",
        "SELECT v.page, COUNT(*) AS n FROM free f JOIN visits v ON f.k = v.user_id GROUP BY v.page",
        "SELECT page, AVG(amount) AS n FROM visits LEFT JOIN free ON k = user_id GROUP BY page",
        "SELECT f.seg, SUM(v.amount) AS n FROM (SELECT * FROM free WHERE seg = 's') f \
         JOIN visits v ON f.k = v.user_id GROUP BY f.seg",
        "WITH f AS (SELECT k, seg FROM free) SELECT v.page, SUM(v.amount) AS n FROM visits v \
         JOIN f ON f.k = v.user_id GROUP BY v.page",
    ];
    for sql in queries {
        let asked = "distinct runner rows";
        let fair = answer(asked, 1, sql);
        assert_eq!(fair.len(), 1, "{sql}");
        assert_eq!(answer(asked, COPIES, sql), fair, "{sql}");
        // Who does not ask for it gets what AWS does.
        assert_eq!(answer("", 1, sql), fair, "{sql}");
        assert_ne!(answer("", COPIES, sql), fair, "{sql}");
    }
}
