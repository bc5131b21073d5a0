//! What `glovebox ledger verify` checks: no database, no key, only a copy and an earlier head.

use std::collections::BTreeSet;

use crate::bracket::Bracket;
use crate::consistency::verify_consistency;
use crate::entry::Entry;
use crate::export::{Export, ExportedEntry};
use crate::head::Head;
use crate::inclusion::verify_inclusion;
use crate::tree::Tree;

/// What a verified copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The head that the copy proves.
    pub head: Head,
    /// How many entries were checked.
    pub entries: u64,
    /// How many commitments were opened and found to hold.
    pub openings: u64,
    /// Queries submitted, ended, and still under way; zero unless the copy is whole.
    pub queries: Queries,
    /// Whether an earlier head was compared.
    pub compared: bool,
}

/// How many queries a whole copy tells of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queries {
    /// Accepted for judgement.
    pub submitted: u64,
    /// Refused, closed or lost.
    pub ended: u64,
    /// Not ended yet.
    pub open: u64,
}

/// Why a copy is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The head's signature does not hold.
    #[error("the signature of the head does not hold")]
    Signature,
    /// The earlier head's signature does not hold.
    #[error("the signature of the earlier head does not hold")]
    EarlierSignature,
    /// The earlier head belongs to another tree.
    #[error("the earlier head belongs to another tree")]
    OtherTree,
    /// The earlier head was signed by another key.
    #[error("the earlier head was signed by another key")]
    OtherKey,
    /// The earlier head is larger: entries were taken away.
    #[error("the earlier head has {earlier} entries and the copy only {now}: entries are gone")]
    Shrunk {
        /// The size of the earlier head.
        earlier: u64,
        /// The size of the copy.
        now: u64,
    },
    /// The earlier head is not a beginning of the copy.
    #[error("the first {earlier} entries are not those that the earlier head was signed over")]
    Rewritten {
        /// The size of the earlier head.
        earlier: u64,
    },
    /// The copy cannot be compared with the earlier head.
    #[error("fetch the ledger from entry 0 or from entry {earlier} to compare it with that head")]
    Incomparable {
        /// The size of the earlier head.
        earlier: u64,
    },
    /// The entries do not give the root of the head.
    #[error("the entries do not give the root of the head")]
    Root,
    /// An entry is missing or out of place.
    #[error("entry {0} is missing or out of place")]
    Gap(u64),
    /// An entry is not in its canonical form.
    #[error("entry {0} is not in its canonical form")]
    Entry(u64),
    /// An inclusion proof does not hold.
    #[error("the proof of entry {0} does not hold")]
    Inclusion(u64),
    /// An opening fits no commitment of its entry.
    #[error("what is shown behind entry {0} is not what was committed to")]
    Opening(u64),
    /// An entry about a query stands where it cannot.
    #[error("entry {0} about query {1} cannot follow what came before")]
    Order(u64, String),
}

/// Checks a copy, and that `earlier`, a head kept from before, is a beginning of it.
pub fn verify(export: &Export, earlier: Option<&Head>) -> Result<Report, Broken> {
    let head = &export.head;
    if !head.is_signed() {
        return Err(Broken::Signature);
    }
    let mut leaves = Tree::default();
    let mut bracket = Bracket::default();
    let mut openings = 0;
    for (place, exported) in (export.from..).zip(&export.entries) {
        if exported.index != place || place >= head.size {
            return Err(Broken::Gap(place));
        }
        let entry = Entry::parse(&exported.entry).map_err(|_| Broken::Entry(place))?;
        check_proof(export, exported, &entry)?;
        openings += check_openings(exported, &entry)?;
        leaves.append(entry.leaf());
        if export.is_whole() && !bracket.follow(&entry.event) {
            let query = entry.event.query().map(|id| id.to_string()).unwrap_or_default();
            return Err(Broken::Order(place, query));
        }
    }
    if export.is_whole() && leaves.root() != head.root {
        return Err(Broken::Root);
    }
    if let Some(earlier) = earlier {
        compare(export, &leaves, earlier)?;
    }
    Ok(Report {
        head: head.clone(),
        entries: leaves.size(),
        openings,
        queries: bracket.queries(),
        compared: earlier.is_some(),
    })
}

fn check_proof(export: &Export, exported: &ExportedEntry, entry: &Entry) -> Result<(), Broken> {
    let head = &export.head;
    if exported.inclusion.is_empty() && export.is_whole() {
        return Ok(());
    }
    let (index, proof) = (exported.index, &exported.inclusion);
    if verify_inclusion(&entry.leaf(), index, head.size, proof, &head.root) {
        Ok(())
    } else {
        Err(Broken::Inclusion(index))
    }
}

fn check_openings(exported: &ExportedEntry, entry: &Entry) -> Result<u64, Broken> {
    let promised: BTreeSet<_> = entry.event.commitments().into_iter().collect();
    if exported.openings.iter().all(|opening| promised.contains(&opening.commitment())) {
        Ok(exported.openings.len() as u64)
    } else {
        Err(Broken::Opening(exported.index))
    }
}

fn compare(export: &Export, leaves: &Tree, earlier: &Head) -> Result<(), Broken> {
    let head = &export.head;
    if !earlier.is_signed() {
        return Err(Broken::EarlierSignature);
    }
    if earlier.tree != head.tree {
        return Err(Broken::OtherTree);
    }
    if earlier.public_key != head.public_key {
        return Err(Broken::OtherKey);
    }
    if earlier.size > head.size {
        return Err(Broken::Shrunk { earlier: earlier.size, now: head.size });
    }
    let same = if export.is_whole() {
        leaves.root_at(earlier.size) == Some(earlier.root)
    } else if export.from == earlier.size {
        let (size, root) = (earlier.size, &earlier.root);
        verify_consistency(size, root, head.size, &head.root, &export.consistency)
    } else {
        return Err(Broken::Incomparable { earlier: earlier.size });
    };
    if same { Ok(()) } else { Err(Broken::Rewritten { earlier: earlier.size }) }
}
