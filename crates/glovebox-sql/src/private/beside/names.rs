//! Names for columns of intervals that no column of the query has.

use std::collections::BTreeSet;

/// Names that are in use, in lower case: many readers do not tell cases apart.
pub(super) struct Taken(BTreeSet<String>);

impl Taken {
    pub(super) fn of(visible: &[&str]) -> Self {
        Self(visible.iter().map(|it| it.to_lowercase()).collect())
    }

    /// `<name>_<suffix>`, with as many `_` behind it as it takes to be the only one.
    pub(super) fn free(&mut self, name: &str, suffix: &str) -> String {
        let mut found = format!("{name}_{suffix}");
        while !self.0.insert(found.to_lowercase()) {
            found.push('_');
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Taken;

    #[test]
    fn no_name_is_given_twice_whatever_the_query_calls_its_columns() {
        let mut taken = Taken::of(&["n", "N_LOW", "n_low_", "n"]);
        assert_eq!(taken.free("n", "low"), "n_low__");
        assert_eq!(taken.free("n", "high"), "n_high");
        assert_eq!(taken.free("n", "low"), "n_low___");
        assert_eq!(taken.free("N", "high"), "N_high_");
    }
}
