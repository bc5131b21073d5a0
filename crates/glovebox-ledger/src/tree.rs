//! A tree with all its leaf hashes: roots of any size, and proofs.

use glovebox_model::Digest;

use crate::hash;

/// The leaf hashes of a tree, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    leaves: Vec<Digest>,
}

impl Tree {
    /// A tree over these leaf hashes.
    pub fn from_leaves(leaves: Vec<Digest>) -> Self {
        Self { leaves }
    }

    /// Appends the hash of one leaf.
    pub fn append(&mut self, leaf: Digest) {
        self.leaves.push(leaf);
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        hash::root(&self.leaves)
    }

    /// The root as it was at `size` leaves; `None` when the tree never was that large.
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        Some(hash::root(self.first(size)?))
    }

    /// The path that proves leaf `index` to be part of the tree of `size` leaves (RFC 9162,
    /// 2.1.3.1); `None` when there is no such leaf.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Digest>> {
        let leaves = self.first(size)?;
        let index = usize::try_from(index).ok().filter(|index| *index < leaves.len())?;
        Some(path(index, leaves))
    }

    /// The proof that the tree of `old` leaves is a beginning of the tree of `new` leaves
    /// (RFC 9162, 2.1.4.1); empty when one of them is trivial, `None` when sizes are out of order.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Digest>> {
        let leaves = self.first(new)?;
        let old = usize::try_from(old).ok().filter(|old| *old <= leaves.len())?;
        if old == 0 || old == leaves.len() {
            return Some(Vec::new());
        }
        Some(subproof(old, leaves, true))
    }

    fn first(&self, size: u64) -> Option<&[Digest]> {
        self.leaves.get(..usize::try_from(size).ok()?)
    }
}

fn path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let at = hash::split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut proof, sibling) = if index < at {
        (path(index, left), hash::root(right))
    } else {
        (path(index - at, right), hash::root(left))
    };
    proof.push(sibling);
    proof
}

fn subproof(old: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![hash::root(leaves)] };
    }
    let at = hash::split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut proof, sibling) = if old <= at {
        (subproof(old, left, whole), hash::root(right))
    } else {
        (subproof(old - at, right, false), hash::root(left))
    };
    proof.push(sibling);
    proof
}
