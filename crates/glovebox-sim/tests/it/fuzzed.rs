//! A short run of every fuzz target; `cargo xtask fuzz` runs them for long.

use glovebox_sim::fuzz::{TARGETS, run};

use crate::cases;

#[test]
fn whatever_strangers_write_is_read_or_refused() {
    for target in TARGETS {
        let outcome = run(target, 7, cases(2_000), None);
        let shown = outcome
            .broken
            .map(|(input, what)| format!("{:?}: {what}", String::from_utf8_lossy(&input)));
        assert_eq!(shown, None, "{}", target.name);
        assert!(outcome.accepted > 0, "{}: no input was ever accepted", target.name);
    }
}
