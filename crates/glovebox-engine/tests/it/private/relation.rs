//! Keys that a public relation lists.

use glovebox_privacy::Groups;

use super::*;

/// Keys of the rows, in their order.
fn keys(rows: &[Vec<String>]) -> Vec<&str> {
    rows.iter().map(|it| it[0].as_str()).collect()
}

/// `audience` has segments `a` and `b`; nobody of `b` clicks, and `u9` is in no segment.
fn clicks(with_user: bool) -> Vec<Click> {
    let of = |user: u32| Click { user: Some(user), group: 0, x: Some(2) };
    let mut clicks = vec![of(9), of(9)];
    if with_user {
        clicks.push(of(0));
    }
    clicks
}

const LISTED: [&str; 4] = [
    "SELECT a.segment, COUNT(DISTINCT c.uid) AS n, SUM(c.x) AS s FROM audience a \
     LEFT JOIN clicks c ON c.uid = a.uid GROUP BY a.segment ORDER BY a.segment",
    "SELECT a.segment, COUNT(DISTINCT c.uid) AS n, SUM(c.x) AS s FROM clicks c \
     RIGHT JOIN audience a ON c.uid = a.uid AND c.x > 1 GROUP BY a.segment ORDER BY a.segment",
    "SELECT t.k, COUNT(DISTINCT c.uid) AS n, SUM(c.x) AS s FROM (SELECT uid AS u, segment AS k \
     FROM audience WHERE segment <> 'c') t LEFT JOIN clicks c ON c.uid = t.u GROUP BY t.k ORDER BY t.k",
    "SELECT LOWER(a.segment) AS k, COUNT(DISTINCT c.uid) AS n, SUM(c.x) AS s FROM audience a \
     LEFT JOIN clicks c ON c.uid = a.uid GROUP BY LOWER(a.segment) ORDER BY k",
];

#[tokio::test]
async fn every_key_of_a_public_relation_appears_whoever_has_it_and_costs_no_threshold() {
    for sql in LISTED {
        let world = |with_user| World::new(2, 1, "", &[clicks(with_user)]);
        let priced = world(true).priced(sql);
        let noising = priced.noising().unwrap();
        assert!(matches!(noising.groups, Groups::Relation), "{sql}");
        assert_eq!(priced.cost().delta_atto, 0, "{sql}");
        assert_eq!(noising.n_vectors, 2, "no vector decides about groups");
        let found = world(true).answer(sql, &mut Still).await;
        assert_eq!(found, [["a", "1", "2"], ["b", "0", "0"]], "{sql}");
        // Without the one user who is in a segment the same keys appear.
        let without = world(false).answer(sql, &mut Still).await;
        assert_eq!(without, [["a", "0", "0"], ["b", "0", "0"]], "{sql}");
        let noisy = world(false).answer(sql, &mut SecureDraw::new().unwrap()).await;
        assert_eq!(keys(&noisy), ["a", "b"], "{sql}");
    }
}

#[tokio::test]
async fn keys_that_rows_of_users_choose_need_a_threshold() {
    for sql in [
        "SELECT a.segment, COUNT(*) FROM audience a JOIN clicks c ON c.uid = a.uid \
         GROUP BY a.segment",
        "SELECT a.segment, COUNT(*) FROM audience a RIGHT JOIN clicks c ON c.uid = a.uid \
         GROUP BY a.segment",
        "SELECT a.segment, COUNT(*) FROM audience a LEFT JOIN clicks c ON c.uid = a.uid \
         WHERE c.x > 0 GROUP BY a.segment",
        "SELECT c.grp, COUNT(*) FROM audience a LEFT JOIN clicks c ON c.uid = a.uid \
         GROUP BY c.grp",
        "SELECT a.segment, c.grp, COUNT(*) FROM audience a LEFT JOIN clicks c ON c.uid = a.uid \
         GROUP BY a.segment, c.grp",
        "SELECT COALESCE(c.grp, a.segment) AS k, COUNT(*) FROM audience a \
         LEFT JOIN clicks c ON c.uid = a.uid GROUP BY COALESCE(c.grp, a.segment)",
    ] {
        let world = World::new(2, 1, "", &[clicks(true)]);
        let priced = world.priced(sql);
        assert!(matches!(priced.noising().unwrap().groups, Groups::Noisy(_)), "{sql}");
        assert!(world.answer(sql, &mut Still).await.is_empty(), "{sql}: one user");
    }
}
