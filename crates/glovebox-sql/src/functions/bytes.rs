//! Bytes and how they are written: BASE64, DECODE, ENCODE, HEX, OCTET_LENGTH, UNBASE64, UNHEX.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::accept::{BINARY, INT, MAX_BYTES, STRING, bytes, count, fits, implicit, limited};
use super::cast::cast;
use super::compare::same;
use super::kind::{Kind, compared, wider};
use super::scalar::{Call, Definition};
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "base64",
        accepts: |kinds| fits(kinds, &[Kind::Binary], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Bytes(it)] if it.len() <= MAX_BYTES => limited(base64(it)),
            _ => Value::Null,
        },
    },
    Definition {
        name: "bit_length",
        accepts: text_or_bytes,
        returns: INT,
        row: |_, values| {
            values.first().and_then(bytes).map_or(Value::Null, |it| count(it.len() * 8))
        },
    },
    Definition {
        name: "decode",
        accepts: |kinds| match kinds {
            [_, _] => fits(kinds, &[Kind::Binary, Kind::String], 2),
            _ => chosen(kinds),
        },
        returns: |kinds, _| match kinds {
            [_, _] => Some(Kind::String),
            kinds => kinds.get(2).copied(),
        },
        row: |call, values| match values {
            [Value::Bytes(bytes), Value::Text(charset)] => {
                decode(bytes, charset).map_or(Value::Null, limited)
            }
            [_, _] => Value::Null,
            _ => choose(call, values),
        },
    },
    Definition {
        name: "encode",
        accepts: |kinds| fits(kinds, &[Kind::String; 2], 2),
        returns: BINARY,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(charset)] => {
                encode(text, charset).map_or(Value::Null, |it| Value::Bytes(it.into()))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "hex",
        accepts: |kinds| match kinds {
            [Kind::Binary | Kind::String | Kind::Null] => Some(vec![Kind::Binary]),
            [number] if number.is_number() => Some(vec![Kind::Bigint]),
            _ => None,
        },
        returns: STRING,
        row: |_, values| match values {
            [Value::Integer(number)] => Value::text(format!("{number:X}")),
            [Value::Bytes(it)] if it.len() <= MAX_BYTES => limited(hex::encode_upper(it)),
            _ => Value::Null,
        },
    },
    Definition {
        name: "octet_length",
        accepts: text_or_bytes,
        returns: INT,
        row: |_, values| values.first().and_then(bytes).map_or(Value::Null, |it| count(it.len())),
    },
    Definition {
        name: "unbase64",
        accepts: |kinds| fits(kinds, &[Kind::String], 1),
        returns: BINARY,
        row: |_, values| match values {
            [Value::Text(text)] => unbase64(text).map_or(Value::Null, |it| Value::Bytes(it.into())),
            _ => Value::Null,
        },
    },
    Definition {
        name: "unhex",
        accepts: |kinds| fits(kinds, &[Kind::String], 1),
        returns: BINARY,
        row: |_, values| match values {
            [Value::Text(text)] => {
                let even = if text.len() % 2 == 0 { text.to_string() } else { format!("0{text}") };
                hex::decode(even).map_or(Value::Null, |it| Value::Bytes(it.into()))
            }
            _ => Value::Null,
        },
    },
];

fn text_or_bytes(kinds: &[Kind]) -> Option<Vec<Kind>> {
    match kinds {
        [Kind::Binary] => Some(vec![Kind::Binary]),
        _ => fits(kinds, &[Kind::String], 1),
    }
}

/// As Java's MIME encoder: lines of 76 characters.
fn base64(bytes: &[u8]) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> = (0..encoded.len())
        .step_by(76)
        .filter_map(|at| encoded.get(at..(at + 76).min(encoded.len())))
        .collect();
    lines.join("\r\n")
}

/// As Java's MIME decoder: what is not of the alphabet is passed over.
fn unbase64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .take_while(|it| *it != b'=')
        .filter(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/'))
        .collect();
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&STANDARD, config).decode(digits).ok()
}

fn encode(text: &str, charset: &str) -> Option<Vec<u8>> {
    let narrow = |most: u32| {
        text.chars()
            .map(|it| if u32::from(it) <= most { u8::try_from(it).unwrap_or(b'?') } else { b'?' })
            .collect()
    };
    Some(match charset.to_ascii_uppercase().as_str() {
        "UTF-8" => text.as_bytes().to_vec(),
        "US-ASCII" => narrow(0x7f),
        "ISO-8859-1" => narrow(0xff),
        "UTF-16BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16" if text.is_empty() => Vec::new(),
        "UTF-16" => {
            let units = text.encode_utf16().flat_map(u16::to_be_bytes);
            [0xfe, 0xff].into_iter().chain(units).collect()
        }
        _ => return None,
    })
}

fn decode(bytes: &[u8], charset: &str) -> Option<String> {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|it| of(*it)).collect();
        String::from_utf16_lossy(&units) + if rest.is_empty() { "" } else { "\u{fffd}" }
    };
    Some(match charset.to_ascii_uppercase().as_str() {
        "UTF-8" => String::from_utf8_lossy(bytes).into_owned(),
        "US-ASCII" => bytes
            .iter()
            .map(|it| if it.is_ascii() { char::from(*it) } else { '\u{fffd}' })
            .collect(),
        "ISO-8859-1" => bytes.iter().map(|it| char::from(*it)).collect(),
        "UTF-16BE" => wide(bytes, u16::from_be_bytes),
        "UTF-16LE" => wide(bytes, u16::from_le_bytes),
        "UTF-16" => match bytes {
            [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
            all => wide(all, u16::from_be_bytes),
        },
        _ => return None,
    })
}

/// `decode(value, search, result, ..., default)`: the results meet in one kind.
fn chosen(kinds: &[Kind]) -> Option<Vec<Kind>> {
    let (value, rest) = kinds.split_first()?;
    if !(2..=64).contains(&rest.len()) {
        return None;
    }
    let is_search = |place: usize| place.is_multiple_of(2) && place + 1 < rest.len();
    let answers = rest.iter().enumerate().filter(|(place, _)| !is_search(*place));
    let answer = wider(&answers.map(|(_, kind)| *kind).collect::<Vec<_>>())?;
    let mut wanted = vec![*value];
    for (place, kind) in rest.iter().enumerate() {
        if is_search(place) {
            compared(*value, *kind)?;
            wanted.push(*kind);
        } else {
            wanted.push(answer);
        }
    }
    Some(wanted)
}

fn choose<'a>(call: &Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    let (Some((value, mut rest)), Some((kind, mut kinds))) =
        (values.split_first(), call.arguments.split_first())
    else {
        return Value::Null;
    };
    while let ([search, answer, more @ ..], [of, _, others @ ..]) = (rest, kinds) {
        if let Some(common) = compared(*kind, *of)
            && implicit(*of, common)
        {
            let left = cast(value.clone(), *kind, common);
            if same(&left, &cast(search.clone(), *of, common)) {
                return answer.clone();
            }
        }
        (rest, kinds) = (more, others);
    }
    rest.first().cloned().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_through_every_charset_and_back() {
        for charset in ["UTF-8", "UTF-16", "utf-16be", "UTF-16LE"] {
            let bytes = encode("hé😀", charset).unwrap();
            assert_eq!(decode(&bytes, charset).as_deref(), Some("hé😀"), "{charset}");
        }
        assert_eq!(encode("hé😀", "US-ASCII").unwrap(), b"h??");
        assert_eq!(encode("hé", "ISO-8859-1").unwrap(), b"h\xe9");
        assert_eq!(decode(b"h\xff", "UTF-8").as_deref(), Some("h\u{fffd}"));
        assert_eq!(encode("h", "EBCDIC"), None);
    }

    #[test]
    fn base64_is_that_of_mime() {
        assert_eq!(base64(&[0; 60]).len(), 82);
        assert_eq!(unbase64("U3 Bh\r\ncms=").as_deref(), Some(b"Spark".as_slice()));
        assert_eq!(unbase64("U"), None);
        assert_eq!(unbase64("").as_deref(), Some(b"".as_slice()));
    }
}
