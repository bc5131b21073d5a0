//! The hashes that Spark gives numbers and bytes: Murmur3 and XXH64 with its own treatment of
//! what is left over, and CRC-32.

/// A hash that is folded over the values of a row.
pub(crate) trait Hash: Copy {
    /// Of 32 bits.
    fn int(value: i32, seed: Self) -> Self;
    /// Of 64 bits.
    fn long(value: i64, seed: Self) -> Self;
    /// Of bytes.
    fn bytes(value: &[u8], seed: Self) -> Self;
}

/// CRC-32 as in zip and gzip.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

pub(crate) mod murmur3 {
    //! Spark's `Murmur3_x86_32`.

    fn mixed(k: u32) -> u32 {
        k.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
    }

    fn step(hash: u32, k: u32) -> u32 {
        (hash ^ mixed(k)).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
    }

    fn finish(hash: u32, length: usize) -> u32 {
        let hash = hash ^ u32::try_from(length).unwrap_or(u32::MAX);
        let hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
        let hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
        hash ^ (hash >> 16)
    }

    pub(crate) fn int(value: i32, seed: u32) -> u32 {
        finish(step(seed, value.cast_unsigned()), 4)
    }

    pub(crate) fn long(value: i64, seed: u32) -> u32 {
        let value = value.cast_unsigned();
        let low = u32::try_from(value & 0xffff_ffff).unwrap_or_default();
        let high = u32::try_from(value >> 32).unwrap_or_default();
        finish(step(step(seed, low), high), 8)
    }

    /// What is left of four bytes is mixed in byte by byte, each with its sign.
    pub(crate) fn bytes(value: &[u8], seed: u32) -> u32 {
        let (words, rest) = value.as_chunks::<4>();
        let hash = words.iter().fold(seed, |hash, it| step(hash, u32::from_le_bytes(*it)));
        let one = |hash, byte: &u8| step(hash, i32::from(byte.cast_signed()).cast_unsigned());
        finish(rest.iter().fold(hash, one), value.len())
    }
}

pub(crate) mod xxhash64 {
    //! XXH64.

    const P1: u64 = 0x9e37_79b1_85eb_ca87;
    const P2: u64 = 0xc2b2_ae3d_27d4_eb4f;
    const P3: u64 = 0x1656_67b1_9e37_79f9;
    const P4: u64 = 0x85eb_ca77_c2b2_ae63;
    const P5: u64 = 0x27d4_eb2f_1656_67c5;

    fn finish(hash: u64) -> u64 {
        let hash = (hash ^ (hash >> 33)).wrapping_mul(P2);
        let hash = (hash ^ (hash >> 29)).wrapping_mul(P3);
        hash ^ (hash >> 32)
    }

    fn round(sum: u64, lane: u64) -> u64 {
        sum.wrapping_add(lane.wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1)
    }

    fn eight(hash: u64, lane: u64) -> u64 {
        (hash ^ round(0, lane)).rotate_left(27).wrapping_mul(P1).wrapping_add(P4)
    }

    fn four(hash: u64, lane: u32) -> u64 {
        (hash ^ u64::from(lane).wrapping_mul(P1)).rotate_left(23).wrapping_mul(P2).wrapping_add(P3)
    }

    pub(crate) fn int(value: i32, seed: u64) -> u64 {
        finish(four(seed.wrapping_add(P5).wrapping_add(4), value.cast_unsigned()))
    }

    pub(crate) fn long(value: i64, seed: u64) -> u64 {
        finish(eight(seed.wrapping_add(P5).wrapping_add(8), value.cast_unsigned()))
    }

    pub(crate) fn bytes(value: &[u8], seed: u64) -> u64 {
        let length = u64::try_from(value.len()).unwrap_or(u64::MAX);
        let (blocks, rest) = value.as_chunks::<32>();
        let mut hash =
            if blocks.is_empty() { seed.wrapping_add(P5) } else { striped(blocks, seed) };
        hash = hash.wrapping_add(length);
        let (lanes, rest) = rest.as_chunks::<8>();
        hash = lanes.iter().fold(hash, |hash, it| eight(hash, u64::from_le_bytes(*it)));
        let (lanes, rest) = rest.as_chunks::<4>();
        hash = lanes.iter().fold(hash, |hash, it| four(hash, u32::from_le_bytes(*it)));
        finish(rest.iter().fold(hash, |hash, byte| {
            (hash ^ u64::from(*byte).wrapping_mul(P5)).rotate_left(11).wrapping_mul(P1)
        }))
    }

    fn striped(blocks: &[[u8; 32]], seed: u64) -> u64 {
        let mut sums = [
            seed.wrapping_add(P1).wrapping_add(P2),
            seed.wrapping_add(P2),
            seed,
            seed.wrapping_sub(P1),
        ];
        for block in blocks {
            let (lanes, _) = block.as_chunks::<8>();
            for (sum, lane) in sums.iter_mut().zip(lanes) {
                *sum = round(*sum, u64::from_le_bytes(*lane));
            }
        }
        let turns = [1, 7, 12, 18];
        let hash = sums
            .iter()
            .zip(turns)
            .fold(0_u64, |hash, (sum, turn)| hash.wrapping_add(sum.rotate_left(turn)));
        sums.iter()
            .fold(hash, |hash, sum| (hash ^ round(0, *sum)).wrapping_mul(P1).wrapping_add(P4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_that_were_published() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(xxhash64::bytes(b"", 0), 0xef46_db37_51d8_e999);
        assert_eq!(xxhash64::bytes(b"abc", 0), 0x44bc_2cf5_ad77_0999);
    }
}
