//! A tree with all its leaf hashes: roots of any size, and proofs.

use glovebox_model::Digest;

use crate::hash::{empty_root, node_hash, split};

/// The leaf hashes of a tree, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// `levels[k][i]` is the root over the leaves from `i * 2^k` up to `(i + 1) * 2^k`, for every
    /// such run that is full: a thousand proofs do not hash all leaves a thousand times.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// A tree over these leaf hashes.
    pub fn from_leaves(leaves: Vec<Digest>) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.append(leaf);
        }
        tree
    }

    /// Appends the hash of one leaf.
    pub fn append(&mut self, leaf: Digest) {
        let mut full = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(runs) = self.levels.get_mut(level) else { return };
            runs.push(full);
            match runs.as_slice() {
                [.., left, right] if runs.len() % 2 == 0 => full = node_hash(left, right),
                _ => return,
            }
        }
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.leaves() as u64
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        self.run(0, self.leaves()).unwrap_or_else(empty_root)
    }

    /// The root as it was at `size` leaves; `None` when the tree never was that large.
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        self.run(0, self.first(size)?)
    }

    /// The path that proves leaf `index` to be part of the tree of `size` leaves (RFC 9162,
    /// 2.1.3.1); `None` when there is no such leaf.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Digest>> {
        let leaves = self.first(size)?;
        let index = usize::try_from(index).ok().filter(|index| *index < leaves)?;
        self.path(index, 0, leaves)
    }

    /// The proof that the tree of `old` leaves is a beginning of the tree of `new` leaves
    /// (RFC 9162, 2.1.4.1); empty when one of them is trivial, `None` when sizes are out of order.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Digest>> {
        let leaves = self.first(new)?;
        let old = usize::try_from(old).ok().filter(|old| *old <= leaves)?;
        if old == 0 || old == leaves {
            return Some(Vec::new());
        }
        self.subproof(old, 0, leaves, true)
    }

    fn leaves(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    fn first(&self, size: u64) -> Option<usize> {
        usize::try_from(size).ok().filter(|size| *size <= self.leaves())
    }

    /// The root over `length` leaves from `from` on, where that is a node of some tree: `from` is
    /// a multiple of a power of two that is no smaller than `length`.
    fn run(&self, from: usize, length: usize) -> Option<Digest> {
        if length == 0 {
            return Some(empty_root());
        }
        if length.is_power_of_two() {
            let level = length.trailing_zeros();
            return self.levels.get(level as usize)?.get(from >> level).copied();
        }
        let at = split(length);
        Some(node_hash(&self.run(from, at)?, &self.run(from + at, length - at)?))
    }

    fn path(&self, index: usize, from: usize, length: usize) -> Option<Vec<Digest>> {
        if length < 2 {
            return Some(Vec::new());
        }
        let at = split(length);
        let (mut proof, sibling) = if index < at {
            (self.path(index, from, at)?, self.run(from + at, length - at)?)
        } else {
            (self.path(index - at, from + at, length - at)?, self.run(from, at)?)
        };
        proof.push(sibling);
        Some(proof)
    }

    fn subproof(&self, old: usize, from: usize, length: usize, whole: bool) -> Option<Vec<Digest>> {
        if old == length {
            return if whole { Some(Vec::new()) } else { Some(vec![self.run(from, length)?]) };
        }
        let at = split(length);
        let (mut proof, sibling) = if old <= at {
            (self.subproof(old, from, at, whole)?, self.run(from + at, length - at)?)
        } else {
            (self.subproof(old - at, from + at, length - at, false)?, self.run(from, at)?)
        };
        proof.push(sibling);
        Some(proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;

    #[test]
    fn roots_are_those_of_the_definition_at_every_size() {
        let leaves: Vec<Digest> = (0..70_u8).map(|n| hash::leaf_hash(&[n])).collect();
        let tree = Tree::from_leaves(leaves.clone());
        for size in 0..=leaves.len() {
            let root = hash::root(&leaves[..size]);
            assert_eq!(tree.root_at(size as u64), Some(root), "{size}");
            assert_eq!(Tree::from_leaves(leaves[..size].to_vec()).root(), root, "{size}");
        }
        assert_eq!(tree.root_at(71), None);
    }
}
