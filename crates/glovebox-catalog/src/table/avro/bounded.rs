//! Which schemas of Avro files are decoded: those whose values are as large as they are written.
//!
//! A record within itself is decoded as deep as its bytes say, and a list of nothing is as long as
//! its number says: a few bytes would take all stack or all memory.

use apache_avro::Schema;

/// Records within each other; cells are never nested.
const DEEPEST: usize = 32;

/// Whether every value of this schema takes bytes of the file for each of its parts.
pub(super) fn is_bounded(schema: &Schema) -> bool {
    walk(schema, &mut Vec::new())
}

fn walk<'s>(schema: &'s Schema, open: &mut Vec<&'s str>) -> bool {
    if open.len() > DEEPEST {
        return false;
    }
    let within = |items: &'s Schema, open: &mut Vec<&'s str>| {
        open.push("");
        let is_good = takes_bytes(items) && walk(items, open);
        open.pop();
        is_good
    };
    match schema {
        Schema::Record(record) => {
            open.push(&record.name.name);
            let is_good = !record.fields.is_empty()
                && record.fields.iter().all(|it| walk(&it.schema, open))
                && record.fields.iter().any(|it| takes_bytes(&it.schema));
            open.pop();
            is_good
        }
        Schema::Array(array) => within(&array.items, open),
        Schema::Map(map) => within(&map.types, open),
        Schema::Union(union) => union.variants().iter().all(|it| walk(it, open)),
        // By its last name only: what is refused too much is of no table that we know.
        Schema::Ref { name } => !open.contains(&name.name.as_str()),
        Schema::Fixed(fixed) => fixed.size > 0,
        _ => true,
    }
}

/// Whether a value takes a byte at least. What is referred to was looked at where it is defined.
fn takes_bytes(schema: &Schema) -> bool {
    !matches!(schema, Schema::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounded(text: &str) -> bool {
        is_bounded(&Schema::parse_str(text).unwrap())
    }

    fn record(fields: &str) -> String {
        format!(r#"{{"type": "record", "name": "row", "fields": [{fields}]}}"#)
    }

    #[test]
    fn tables_as_they_are_written_are_bounded() {
        for fields in [
            r#"{"name": "a", "type": ["null", "string"]}"#,
            r#"{"name": "n", "type": "null"}, {"name": "a", "type": "long"}"#,
            r#"{"name": "a", "type": {"type": "array", "items": "int"}}"#,
            r#"{"name": "a", "type": {"type": "fixed", "name": "f", "size": 8}},
               {"name": "b", "type": "f"}"#,
            r#"{"name": "a", "type": {"type": "map", "values": ["null", "string"]}}"#,
            r#"{"name": "a", "type": {"type": "record", "name": "inner",
                "fields": [{"name": "b", "type": "int"}]}}, {"name": "c", "type": "inner"}"#,
        ] {
            assert!(bounded(&record(fields)), "{fields}");
        }
    }

    #[test]
    fn what_grows_without_bytes_is_not() {
        for fields in [
            // As deep as the bytes say.
            r#"{"name": "next", "type": ["null", "row"]}, {"name": "a", "type": "int"}"#,
            r#"{"name": "a", "type": {"type": "array", "items": "row"}}"#,
            // As long as the number says.
            r#"{"name": "a", "type": {"type": "array", "items": "null"}}"#,
            r#"{"name": "a", "type": {"type": "fixed", "name": "f", "size": 0}}"#,
            r#"{"name": "a", "type": {"type": "array", "items":
                {"type": "record", "name": "inner", "fields": [{"name": "b", "type": "null"}]}}}"#,
            r#"{"name": "a", "type": {"type": "record", "name": "inner", "fields": []}}"#,
            r#"{"name": "a", "type": "null"}"#,
        ] {
            assert!(!bounded(&record(fields)), "{fields}");
        }
        let mut deep = r#""int""#.to_owned();
        for level in 0..40 {
            let field = format!(r#"{{"name": "a", "type": {deep}}}"#);
            deep = format!(r#"{{"type": "record", "name": "r{level}", "fields": [{field}]}}"#);
        }
        assert!(!bounded(&deep));
    }
}
