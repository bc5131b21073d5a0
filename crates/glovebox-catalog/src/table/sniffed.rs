//! Files that a catalog declares to be text and that are none, told by their first bytes.
//!
//! No text in UTF-8 with usual delimiters begins so: three letters alone are no mark.

use super::Unavailable;

/// Whether a file that begins so may be text.
pub(super) fn check(first: &[u8], path: &str) -> Result<(), Unavailable> {
    match kind(first) {
        Some(what) => {
            Err(Unavailable::Unsupported { table: path.to_owned(), what: what.to_owned() })
        }
        None => Ok(()),
    }
}

/// What a file is whose first bytes are no text.
fn kind(first: &[u8]) -> Option<&'static str> {
    match first {
        [0x1f, 0x8b, ..] => Some("a gzip file"),
        // Not `78 01`: a letter and Hive's delimiter. Some letters begin as `da` does, and go on.
        [b'x', 0x9c, ..] => Some("a zlib file"),
        [b'x', 0xda, next, ..] if !matches!(next, 0x80..=0xbf) => Some("a zlib file"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("a Zstandard file"),
        [0x04, 0x22, 0x4d, 0x18, ..] => Some("an LZ4 file"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some("an xz file"),
        // The level, and where a block or the end begins.
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => {
            Some("a bzip2 file")
        }
        [b'P', b'K', 0x03, 0x04, ..] => Some("a zip file"),
        // The version.
        [b'S', b'E', b'Q', 0x04..=0x06, ..] => Some("a Hadoop sequence file"),
        // The first field of a page or of the footer.
        [b'P', b'A', b'R', b'1', 0x15, ..] => Some("a Parquet file"),
        // How many pairs of metadata there are, none of them a delimiter.
        [b'O', b'b', b'j', 0x01, 0x02 | 0x04 | 0x06 | 0x08 | 0x0c | 0x0e, ..] => {
            Some("an Avro file")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_named() {
        let files: [(&[u8], &str); 13] = [
            (b"\x1f\x8b\x08\x00", "a gzip file"),
            (b"x\x9cK", "a zlib file"),
            (b"x\xdaK", "a zlib file"),
            (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
            (b"\x04\x22\x4d\x18", "an LZ4 file"),
            (b"\xfd7zXZ\x00\x00", "an xz file"),
            (b"BZh91AY&SY\x00", "a bzip2 file"),
            (b"BZh9\x17\x72\x45\x38\x50\x90", "a bzip2 file"),
            (b"PK\x03\x04", "a zip file"),
            (b"SEQ\x06\x19org", "a Hadoop sequence file"),
            (b"PAR1\x15\x04", "a Parquet file"),
            (b"Obj\x01\x04\x14avro.codec", "an Avro file"),
            (b"Obj\x01\x02\x16avro", "an Avro file"),
        ];
        for (first, what) in files {
            assert!(first.len() <= 16);
            let expected = Unavailable::Unsupported { table: "a/b".into(), what: what.into() };
            assert_eq!(check(first, "a/b"), Err(expected), "{first:?}");
        }
    }

    #[test]
    fn text_that_begins_like_a_mark_is_text() {
        let texts = [
            "",
            "x",
            "xyz,1",
            "x\u{1}1\u{1}2\n",
            "x\u{6aa}1",
            "(µ/ý",
            "BZh",
            "BZh9,1",
            "PK,3",
            "SEQ,NAME\n",
            "SEQ\tNAME\n",
            "SEQ\u{1}1\n",
            "PAR1,2\n",
            "PAR1\u{1}2\n",
            "Obj\u{1}2\n",
            "Obj\u{1}\n",
            "Obj\u{1}\u{1}\n",
            "{\"a\":1}",
            "\u{feff}a,b",
        ];
        for text in texts {
            assert_eq!(kind(text.as_bytes()), None, "{text:?}");
        }
    }
}
