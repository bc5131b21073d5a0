//! What holds for every tree.

use glovebox_ledger::{Frontier, Tree, leaf_hash, verify_consistency, verify_inclusion};
use glovebox_model::Digest;
use proptest::prelude::*;

fn tree(size: u64) -> Tree {
    Tree::from_leaves((0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect())
}

#[test]
fn every_old_head_is_consistent_with_every_later_one() {
    let tree = tree(40);
    for new in 0..=40 {
        for old in 0..=new {
            let proof = tree.consistency(old, new).unwrap();
            let (before, after) = (tree.root_at(old).unwrap(), tree.root_at(new).unwrap());
            assert!(verify_consistency(old, &before, new, &after, &proof), "{old} {new}");
        }
    }
    assert_eq!(tree.consistency(3, 41), None);
    assert_eq!(tree.consistency(4, 3), None);
}

#[test]
fn every_leaf_is_included_in_every_tree_that_holds_it() {
    let tree = tree(40);
    for size in 1..=40 {
        let root = tree.root_at(size).unwrap();
        for index in 0..size {
            let proof = tree.inclusion(index, size).unwrap();
            let leaf = leaf_hash(&index.to_be_bytes());
            assert!(verify_inclusion(&leaf, index, size, &proof, &root), "{index} {size}");
            assert!(!verify_inclusion(&leaf, index + 1, size, &proof, &root), "{index} {size}");
        }
        assert_eq!(tree.inclusion(size, size), None);
    }
}

proptest! {
    /// append_only: the edge and the whole tree agree, and the edge survives its text form.
    #[test]
    fn the_edge_and_the_tree_agree(leaves in prop::collection::vec(any::<u64>(), 0..200)) {
        let (mut whole, mut edge) = (Tree::default(), Frontier::default());
        for leaf in leaves {
            let leaf = leaf_hash(&leaf.to_be_bytes());
            whole.append(leaf);
            edge.append(leaf);
            edge = edge.to_string().parse().unwrap();
            prop_assert_eq!(whole.root(), edge.root());
            prop_assert_eq!(whole.size(), edge.size());
        }
    }

    #[test]
    fn a_changed_past_is_never_consistent(
        (size, old, changed) in (2u64..60)
            .prop_flat_map(|size| (Just(size), 1..size))
            .prop_flat_map(|(size, old)| (Just(size), Just(old), 0..old)),
    ) {
        let honest = tree(size);
        let leaves = (0..size)
            .map(|n| leaf_hash(&if n == changed { n + 1000 } else { n }.to_be_bytes()))
            .collect();
        let forged = Tree::from_leaves(leaves);
        let proof = forged.consistency(old, size).unwrap();
        prop_assert!(!verify_consistency(
            old, &honest.root_at(old).unwrap(), size, &forged.root(), &proof,
        ));
    }

    #[test]
    fn a_changed_proof_never_holds(
        (size, index) in (2u64..60).prop_flat_map(|size| (Just(size), 0..size)),
        place in any::<prop::sample::Index>(),
        bit in 0usize..256,
    ) {
        let tree = tree(size);
        let mut proof = tree.inclusion(index, size).unwrap();
        let place = place.index(proof.len());
        let mut bytes = *proof[place].as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        proof[place] = Digest::from_bytes(bytes);
        let leaf = leaf_hash(&index.to_be_bytes());
        prop_assert!(!verify_inclusion(&leaf, index, size, &proof, &tree.root()));
        proof.remove(place);
        prop_assert!(!verify_inclusion(&leaf, index, size, &proof, &tree.root()));
    }
}
