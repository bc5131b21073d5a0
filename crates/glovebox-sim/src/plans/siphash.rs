//! SipHash-2-4, from its paper (Aumasson and Bernstein, 2012).

fn round([a, b, c, d]: [u64; 4]) -> [u64; 4] {
    let (a, c) = (a.wrapping_add(b), c.wrapping_add(d));
    let (b, d) = (b.rotate_left(13) ^ a, d.rotate_left(16) ^ c);
    let (a, c) = (a.rotate_left(32).wrapping_add(d), c.wrapping_add(b));
    let (b, d) = (b.rotate_left(17) ^ c, d.rotate_left(21) ^ a);
    [a, b, c.rotate_left(32), d]
}

/// The hash of bytes under a key.
pub(super) fn siphash(key: &[u8; 16], bytes: &[u8]) -> u64 {
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |all, it| all << 8 | u64::from(*it));
    let (k0, k1) = (word(&key[..8]), word(&key[8..]));
    let mut state = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let add = |state: [u64; 4], word: u64| {
        let [a, b, c, d] = state;
        let [a, b, c, d] = round(round([a, b, c, d ^ word]));
        [a ^ word, b, c, d]
    };
    let whole = bytes.chunks_exact(8);
    let rest = word(whole.remainder()) | (bytes.len() as u64) << 56;
    for chunk in whole {
        state = add(state, word(chunk));
    }
    let [a, b, c, d] = add(state, rest);
    let [a, b, c, d] = round(round(round(round([a, b, c ^ 0xff, d]))));
    a ^ b ^ c ^ d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_of_the_paper() {
        let key: [u8; 16] = std::array::from_fn(|it| it as u8);
        let bytes: [u8; 15] = std::array::from_fn(|it| it as u8);
        assert_eq!(siphash(&key, &bytes), 0xa129_ca61_49be_45e5);
    }
}
