//! What was listed of the tables of a query, and what of it must still hold when they are opened.

use std::collections::BTreeMap;

use glovebox_catalog::Manifest;
use glovebox_model::{Digest, TableName};

/// What was pinned, by table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifests(BTreeMap<TableName, Pin>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pin {
    digest: Digest,
    is_fixed: bool,
}

impl Manifests {
    pub(crate) fn insert(&mut self, table: TableName, manifest: &Manifest) {
        let (digest, is_fixed) = (manifest.digest(), manifest.is_fixed());
        self.0.insert(table, Pin { digest, is_fixed });
    }

    /// With those of others, which count where both have one.
    pub(crate) fn extend(&mut self, others: &Self) {
        self.0.extend(others.0.clone());
    }

    /// Without those of tables of which nothing was read, and which no listing pins: there is
    /// nothing that a later listing must be equal to.
    pub(crate) fn fixed(mut self) -> Self {
        self.0.retain(|_, it| it.is_fixed);
        self
    }

    /// Whether a table is another than it was before.
    pub(crate) fn differ(&self, before: &Self) -> bool {
        let same = |(table, it)| before.0.get(table).is_none_or(|before| before == it);
        !self.0.iter().all(same)
    }

    /// Over all tables.
    pub(crate) fn digest(&self) -> Digest {
        let mut text = String::from("glovebox inputs 1\n");
        for (table, Pin { digest, .. }) in &self.0 {
            text.push_str(&format!("{table} {digest}\n"));
        }
        Digest::of(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pins: &[(&str, &str, bool)]) -> Manifests {
        let pin = |(table, text, is_fixed): &(&str, &str, bool)| {
            let digest = Digest::of(text.as_bytes());
            (TableName::new(table).unwrap(), Pin { digest, is_fixed: *is_fixed })
        };
        Manifests(pins.iter().map(pin).collect())
    }

    #[test]
    fn a_table_that_was_read_must_be_read_again_as_it_was() {
        let read = of(&[("files", "1", true), ("queried", "2", false)]);
        assert!(!read.differ(&Manifests::default()));
        assert!(!read.differ(&read));
        assert!(of(&[("files", "3", true)]).differ(&read));
        // No two executions of a query are known to read the same.
        assert!(of(&[("queried", "4", false)]).differ(&read));
    }

    #[test]
    fn a_listing_that_pins_nothing_binds_nothing() {
        let listed = of(&[("files", "1", true), ("queried", "2", false)]);
        let now = of(&[("files", "1", true), ("queried", "3", false)]);
        assert!(!now.differ(&listed.clone().fixed()));
        assert!(of(&[("files", "4", true)]).differ(&listed.clone().fixed()));
        // It is never taken for one that was stored.
        assert_ne!(listed.digest(), now.digest());
    }
}
