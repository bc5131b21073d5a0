//! Leaves and nodes, told apart by a prefix (RFC 9162, 2.1.1).

use glovebox_model::Digest;

/// The root of the empty tree: the digest of nothing.
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// The hash of a leaf: SHA-256 of 0x00 and the bytes.
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    let mut text = Vec::with_capacity(bytes.len() + 1);
    text.push(0);
    text.extend_from_slice(bytes);
    Digest::of(&text)
}

/// The hash of an inner node: SHA-256 of 0x01, the left hash and the right hash.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut text = [1; 65];
    text[1..33].copy_from_slice(left.as_bytes());
    text[33..].copy_from_slice(right.as_bytes());
    Digest::of(&text)
}

/// The root over `leaves`, from the definition: split at the largest power of two below the size.
#[cfg(test)]
pub(crate) fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two smaller than `size`, which is at least two.
pub(crate) fn split(size: usize) -> usize {
    let half = size.div_ceil(2);
    half.next_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_splits_at_the_largest_power_of_two_below_its_size() {
        let expected = [(2, 1), (3, 2), (4, 2), (5, 4), (7, 4), (8, 4), (9, 8), (16, 8), (17, 16)];
        for (size, at) in expected {
            assert_eq!(split(size), at, "{size}");
        }
    }

    #[test]
    fn a_leaf_can_never_pass_for_a_node() {
        let (left, right) = (leaf_hash(b"a"), leaf_hash(b"b"));
        let joined = [left.as_bytes().as_slice(), right.as_bytes().as_slice()].concat();
        assert_ne!(leaf_hash(&joined), node_hash(&left, &right));
    }
}
