//! Merkle tree, entries, proofs, signed heads.
