//! Digests: CRC32, HASH, MD5, SHA, SHA2, XXHASH64.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::accept::{BIGINT, INT, STRING, fits};
use super::kind::Kind;
use super::scalar::{Call, Definition};
use super::spark_hash::{Hash, crc32, murmur3, xxhash64};
use super::value::{Value, normal};

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "crc32",
        accepts: |kinds| fits(kinds, &[Kind::Binary], 1),
        returns: BIGINT,
        row: |_, values| match values {
            [Value::Bytes(bytes)] => Value::Integer(crc32(bytes).into()),
            _ => Value::Null,
        },
    },
    Definition {
        name: "hash",
        accepts: |kinds| (1..=64).contains(&kinds.len()).then(|| kinds.to_vec()),
        returns: INT,
        row: |call, values| {
            let hash = hashed::<u32>(call, values, 42);
            Value::Integer(i64::from(hash.cast_signed()))
        },
    },
    Definition {
        name: "md5",
        accepts: |kinds| fits(kinds, &[Kind::Binary], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Bytes(bytes)] => Value::text(hex::encode(Md5::digest(bytes))),
            _ => Value::Null,
        },
    },
    Definition {
        name: "sha",
        accepts: |kinds| fits(kinds, &[Kind::Binary], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Bytes(bytes)] => Value::text(hex::encode(Sha1::digest(bytes))),
            _ => Value::Null,
        },
    },
    Definition {
        name: "sha2",
        accepts: |kinds| fits(kinds, &[Kind::Binary, Kind::Int], 2),
        returns: STRING,
        row: |_, values| match values {
            [Value::Bytes(bytes), Value::Integer(bits)] => Value::text(match bits {
                0 | 256 => hex::encode(Sha256::digest(bytes)),
                224 => hex::encode(Sha224::digest(bytes)),
                384 => hex::encode(Sha384::digest(bytes)),
                512 => hex::encode(Sha512::digest(bytes)),
                _ => return Value::Null,
            }),
            _ => Value::Null,
        },
    },
    Definition {
        name: "xxhash64",
        accepts: |kinds| (1..=64).contains(&kinds.len()).then(|| kinds.to_vec()),
        returns: BIGINT,
        row: |call, values| Value::Integer(hashed::<u64>(call, values, 42).cast_signed()),
    },
];

/// Spark's fold of a row: each value is hashed with the hash so far as seed, NULL is passed over.
fn hashed<H: Hash>(call: &Call<'_>, values: &[Value<'_>], seed: H) -> H {
    values.iter().zip(call.arguments).fold(seed, |seed, (value, kind)| one(value, *kind, seed))
}

fn one<H: Hash>(value: &Value<'_>, kind: Kind, seed: H) -> H {
    match value {
        Value::Boolean(yes) => H::int(i32::from(*yes), seed),
        Value::Bytes(bytes) => H::bytes(bytes, seed),
        Value::Date(days) => H::int(*days, seed),
        Value::Decimal(digits, _) => match (kind, i64::try_from(*digits)) {
            (Kind::Decimal { precision: ..=18, .. }, Ok(digits)) => H::long(digits, seed),
            _ => H::bytes(shortest(&digits.to_be_bytes()), seed),
        },
        Value::Floating(number) if kind == Kind::Float => {
            H::int((normal(*number) as f32).to_bits().cast_signed(), seed)
        }
        Value::Floating(number) => H::long(normal(*number).to_bits().cast_signed(), seed),
        Value::Integer(number) if kind == Kind::Bigint => H::long(*number, seed),
        Value::Integer(number) => H::int(i32::try_from(*number).unwrap_or_default(), seed),
        Value::Moment(micros) => H::long(*micros, seed),
        Value::Null => seed,
        Value::List(items) => {
            let of = kind.item().unwrap_or(Kind::Null);
            items.iter().fold(seed, |seed, item| one(item, of, seed))
        }
        Value::Text(text) => H::bytes(text.as_bytes(), seed),
    }
}

/// The bytes of a big-endian number as Java's `BigInteger` gives them: no more than it needs.
fn shortest(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let spare = match tail.first() {
            Some(next) => (*first == 0 && next & 0x80 == 0) || (*first == 0xff && next & 0x80 != 0),
            None => false,
        };
        if !spare {
            break;
        }
        rest = tail;
    }
    rest
}

impl Hash for u32 {
    fn int(value: i32, seed: Self) -> Self {
        murmur3::int(value, seed)
    }

    fn long(value: i64, seed: Self) -> Self {
        murmur3::long(value, seed)
    }

    fn bytes(value: &[u8], seed: Self) -> Self {
        murmur3::bytes(value, seed)
    }
}

impl Hash for u64 {
    fn int(value: i32, seed: Self) -> Self {
        xxhash64::int(value, seed)
    }

    fn long(value: i64, seed: Self) -> Self {
        xxhash64::long(value, seed)
    }

    fn bytes(value: &[u8], seed: Self) -> Self {
        xxhash64::bytes(value, seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_no_more_bytes_than_it_needs() {
        assert_eq!(shortest(&0_i128.to_be_bytes()), [0]);
        assert_eq!(shortest(&(-1_i128).to_be_bytes()), [0xff]);
        assert_eq!(shortest(&128_i128.to_be_bytes()), [0, 128]);
        assert_eq!(shortest(&(-128_i128).to_be_bytes()), [128]);
    }
}
