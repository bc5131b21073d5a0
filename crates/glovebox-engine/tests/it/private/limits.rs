//! What is refused or held back so that no answer, and no failure, depends on single rows.

use std::fmt::Write as _;

use glovebox_engine::{Cause, Limits};
use glovebox_privacy::Groups;

use super::*;

/// The last integer of a variance is a square: on the grid of `d`, 2^78 for one row.
#[test]
fn squares_whose_sums_could_outgrow_128_bits_have_no_price() {
    let sql = "SELECT VARIANCE(d) FROM clicks";
    let with_rows = |rows| World::new(1, rows, "", &[]).price(sql);
    assert!(with_rows(10_000).is_ok());
    let [refused] = with_rows(20_000).unwrap_err().try_into().unwrap();
    let Finding { code, title, text, .. } = refused;
    assert_eq!((code.0, title), (432, "not-calibrated"), "{text}");
    // Sums of the values themselves are far from it.
    assert!(World::new(1, 1_000_000, "", &[]).price("SELECT AVG(d) FROM clicks").is_ok());
}

/// Whether the groups of `segment` appear by noise, and not whatever the data.
fn are_noisy(keys: &str, runner: &str, sql: &str) -> bool {
    let mut world = World::new(2, 1, keys, &[]);
    let text = ROOM.replacen("by runner", &format!("by runner {runner}"), 1);
    let text = text.replace("GROUPS", "2").replace("ROWS", "1").replace("KEYS", keys);
    world.room = parse(&text).unwrap();
    matches!(world.priced(sql).noising().unwrap().groups, Groups::Noisy(_))
}

const RELATION: &str = "SELECT a.segment, COUNT(*) FROM audience a LEFT JOIN clicks c \
                        ON c.uid = a.uid GROUP BY a.segment";
const BY_SEGMENT: &str = "SELECT a.segment, COUNT(*) FROM audience a JOIN clicks c \
                          ON c.uid = a.uid GROUP BY a.segment";

#[test]
fn an_owners_minimum_of_users_holds_whatever_keys_a_runner_makes_public() {
    let declared = "keys segment (a, b)";
    for (minimum, is_noisy) in [("", false), ("minimum users 1", false), ("minimum users 2", true)]
    {
        assert_eq!(are_noisy(minimum, "", RELATION), is_noisy, "{minimum}: a relation");
        assert_eq!(are_noisy(minimum, declared, BY_SEGMENT), is_noisy, "{minimum}: declared");
    }
    // What the owner of the users declares itself is its own choice.
    let own = "minimum users 50 keys grp (g0, g1)";
    assert!(!are_noisy(own, "", "SELECT grp, COUNT(*) FROM clicks GROUP BY grp"));
    assert!(are_noisy(
        own,
        declared,
        "SELECT c.grp, a.segment, COUNT(*) FROM audience a \
        JOIN clicks c ON c.uid = a.uid GROUP BY c.grp, a.segment"
    ));
}

#[tokio::test]
async fn a_relation_lists_a_million_keys_at_most() {
    let world = World::new(1, 1, "", &[vec![Click { user: Some(1), group: 0, x: Some(1) }]]);
    let list = |keys: u32| {
        let mut text = String::from("uid,segment\n");
        for key in 0..keys {
            let _ = writeln!(text, ",{key:x}");
        }
        std::fs::write(world.folder.path().join("tables/db/audience.csv"), text).unwrap();
    };
    let sql = "SELECT a.segment, COUNT(*) AS n FROM audience a LEFT JOIN clicks c \
               ON c.uid = a.uid GROUP BY a.segment";
    list(1_000_001);
    let failed = world.executed(sql, 2_000_000).await.err().unwrap();
    assert!(matches!(failed.cause, Cause::TooLarge), "{:?}", failed.cause);
    list(1_000_000);
    assert!(world.executed(sql, 2_000_000).await.is_ok());
}

impl World {
    /// What the engine gives under a limit of rows.
    async fn executed(
        &self,
        sql: &str,
        result_rows: u64,
    ) -> Result<glovebox_privacy::Executed, glovebox_engine::Failed> {
        #[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
        let reserved = Reserved::assertion(self.priced(sql));
        let mut config = EngineConfig::new(self.folder.path().to_owned());
        config.partitions = self.partitions;
        let engine = Engine::new(config).unwrap();
        let (_canceller, cancel) = uncancelled();
        let key = SampleKey::fresh(&mut Fixed(7)).unwrap();
        let limits = Limits { result_rows, result_bytes: 1 << 30, ..limits() };
        engine.execute(reserved, query(), self.inputs(), &limits, (&cancel, key)).await
    }
}
