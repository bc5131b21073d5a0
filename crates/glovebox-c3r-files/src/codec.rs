//! A row's values as bytes of a record, and back.

use glovebox_c3r::parquet::Raw;

use crate::Failed;

/// Stands where a NULL is.
const NULL: u32 = u32::MAX;

/// Stands where a value is that is not bytes.
const OTHER: u32 = u32::MAX - 1;

/// Appends a value.
pub(crate) fn write(value: Raw<'_>, out: &mut Vec<u8>) {
    match value {
        Raw::Null => out.extend_from_slice(&NULL.to_le_bytes()),
        Raw::Bytes(bytes) => {
            // A field has at most some megabytes: readers see to it. If not, it is cut off, and
            // the record does not fit its frame.
            let length = u32::try_from(bytes.len()).unwrap_or(OTHER - 1);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(bytes);
        }
        other => {
            out.extend_from_slice(&OTHER.to_le_bytes());
            other.put(out);
        }
    }
}

/// Appends a row with its length before it, as [`crate::spill::Records`] reads it.
pub(crate) fn frame(row: &[Raw<'_>], out: &mut Vec<u8>) -> Result<(), Failed> {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    for value in row {
        write(*value, out);
    }
    let length = u32::try_from(out.len() - start - 4);
    let length = length.map_err(|_| Failed::new("a row is too long"))?.to_le_bytes();
    for (to, from) in out.iter_mut().skip(start).zip(length) {
        *to = from;
    }
    Ok(())
}

/// Takes the next value off a record.
pub(crate) fn read<'a>(record: &mut &'a [u8]) -> Option<Raw<'a>> {
    let (length, rest) = record.split_first_chunk::<4>()?;
    *record = rest;
    match u32::from_le_bytes(*length) {
        NULL => Some(Raw::Null),
        OTHER => Raw::take(record),
        length => {
            let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            *record = rest;
            Some(Raw::Bytes(bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let values = [
            Raw::Null,
            Raw::Bytes(b""),
            Raw::Bytes(b"text"),
            Raw::Int32(-7),
            Raw::Int64(i64::MIN),
            Raw::Boolean(true),
            Raw::Float(1.5),
            Raw::Double(-0.25),
            Raw::Null,
        ];
        let mut record = Vec::new();
        for value in values {
            write(value, &mut record);
        }
        let mut rest = record.as_slice();
        for value in values {
            assert!(read(&mut rest) == Some(value));
        }
        assert!(rest.is_empty());
        for cut in 0..record.len() {
            let mut rest = record.get(..cut).unwrap();
            let read: Vec<_> = std::iter::from_fn(|| read(&mut rest)).take(20).collect();
            assert!(read.len() < values.len());
        }
    }
}
