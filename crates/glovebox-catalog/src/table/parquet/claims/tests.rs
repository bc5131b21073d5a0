//! Footers that lie, and honest ones.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::metadata::ParquetMetaDataReader;
use datafusion::parquet::file::properties::WriterProperties;

use super::*;

/// A number as Thrift writes it, not signed.
fn number(mut it: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while it >= 0x80 {
        bytes.push((it & 0x7f) as u8 | 0x80);
        it >>= 7;
    }
    bytes.push(it as u8);
    bytes
}

/// A node of a schema called `a`, with so many children.
fn node(children: u64) -> Vec<u8> {
    let mut bytes = vec![0x48, 1, b'a'];
    if children > 0 {
        bytes.push(0x15);
        bytes.extend(number(children * 2));
    }
    bytes.push(0);
    bytes
}

/// A footer with this schema, and what follows it; the last field was the second.
fn footer(nodes: &[Vec<u8>], after: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x15, 2, 0x19, 0xfc];
    bytes.extend(number(nodes.len() as u64));
    nodes.iter().for_each(|it| bytes.extend(it));
    bytes.extend(after);
    bytes
}

/// Field 4, a list of so many structures that are not there.
fn groups(count: u64) -> Vec<u8> {
    let mut bytes = vec![0x29, 0xfc];
    bytes.extend(number(count));
    bytes
}

fn honest(columns: usize, groups: usize) -> Vec<u8> {
    let column = |it: usize| {
        let values: ArrayRef = match it % 2 {
            0 => Arc::new(Int64Array::from_iter_values(0..groups as i64)),
            _ => Arc::new(StringArray::from_iter_values((0..groups).map(|it| it.to_string()))),
        };
        (format!("column_{it}"), values)
    };
    let batch = RecordBatch::try_from_iter((0..columns).map(column)).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(1)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    let file = writer.into_inner().unwrap();
    let (before, tail) = file.split_at(file.len() - 8);
    let length = u32::from_le_bytes(tail[..4].try_into().unwrap()) as usize;
    before[before.len() - length..].to_vec()
}

#[test]
fn what_honest_writers_write_is_believed() {
    for (columns, groups) in [(1, 1), (20, 3), (3, 40)] {
        let footer = honest(columns, groups);
        assert_eq!(believable(&footer), Ok(()), "{columns} columns, {groups} groups");
        assert!(ParquetMetaDataReader::decode_metadata(&footer).is_ok());
        // And nothing that lacks its end.
        assert_eq!(believable(&footer[..footer.len() / 2]), Err(Broken));
    }
}

#[test]
fn more_row_groups_than_bytes_are_not_made_room_for() {
    let nodes = [node(1), node(0)];
    // The decoder would ask for 250 GiB here, and the process would end.
    let claimed = footer(&nodes, &groups(i32::MAX as u64));
    assert_eq!(believable(&claimed), Err(Broken));
    assert_eq!(believable(&footer(&nodes, &groups(1000))), Err(Broken));
    let mut empty = groups(1_000_000);
    empty.extend(vec![0; 1_000_001]);
    assert_eq!(believable(&footer(&nodes, &empty)), Err(TooMany));
    assert_eq!(believable(&footer(&nodes, &[0])), Ok(()));
}

#[test]
fn a_schema_is_as_deep_as_a_stack_can_go_down() {
    let deep = |levels: usize| {
        let mut nodes = vec![node(1); levels];
        nodes.push(node(0));
        footer(&nodes, &[0])
    };
    assert_eq!(believable(&deep(DEEPEST_SCHEMA)), Ok(()));
    assert_eq!(believable(&deep(DEEPEST_SCHEMA + 1)), Err(TooMany));
    assert_eq!(believable(&deep(400_000)), Err(TooMany));
    // Children that are not there, and more than one root.
    assert_eq!(believable(&footer(&[node(2), node(0)], &[0])), Err(Broken));
    assert_eq!(believable(&footer(&[node(1), node(0), node(0)], &[0])), Err(Broken));
    // A group beside groups is no deeper than they.
    let beside = [node(3), node(1), node(0), node(1), node(0), node(0)];
    assert_eq!(believable(&footer(&beside, &[0])), Ok(()));
}

#[test]
fn structures_within_each_other_and_lists_of_nothing_end_somewhere() {
    let nodes = [node(1), node(0)];
    let mut nested = vec![0x7c];
    nested.extend(vec![0x1c; 1_000_000]);
    assert_eq!(believable(&footer(&nodes, &nested)), Err(Broken));
    // Two thousand million booleans without a byte for any.
    let mut lists = vec![0x79, 0xf1];
    lists.extend(number(i32::MAX as u64));
    assert_eq!(believable(&footer(&nodes, &lists)), Err(Broken));
    assert_eq!(believable(&[]), Err(Broken));
    assert_eq!(believable(&[0xff; 64]), Err(Broken));
}

#[test]
fn whatever_stands_in_a_footer_is_walked_in_time() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let good = honest(5, 5);
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..3 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let place = usize::try_from(state >> 8).unwrap() % bytes.len();
            bytes[place] = state.to_le_bytes()[0];
        }
        if believable(&bytes).is_ok() {
            // What is believed may still be no footer: an error then, and never an end.
            let decoded =
                std::panic::catch_unwind(|| ParquetMetaDataReader::decode_metadata(&bytes).is_ok());
            drop(decoded);
        }
    }
}
