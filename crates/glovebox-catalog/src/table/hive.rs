//! Hive's `key=value` folder names.

/// The key and value of a folder name; the value `None` is NULL.
pub(super) fn key_value(name: &str) -> Option<(String, Option<String>)> {
    let (key, value) = name.split_once('=')?;
    let (key, value) = (decoded(key)?, decoded(value)?);
    if key.is_empty() {
        return None;
    }
    let null = value == "__HIVE_DEFAULT_PARTITION__" || value.is_empty();
    Some((key, if null { None } else { Some(value) }))
}

/// Undoes Hive's percent escapes; a `%` without two hex digits stands for itself.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        match (first, tail) {
            (b'%', [high, low, tail @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                let digit = |it: &u8| char::from(*it).to_digit(16).unwrap_or_default();
                bytes.push(u8::try_from(digit(high) * 16 + digit(low)).unwrap_or_default());
                rest = tail;
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_decoded_and_the_default_partition_is_null() {
        let value = |name: &str| key_value(name).unwrap().1;
        assert_eq!(key_value("Day=2026-01-01").unwrap().0, "Day");
        assert_eq!(value("a=b=c"), Some("b=c".into()));
        assert_eq!(value("a=x%2Fy%3D%C3%BC%zz%"), Some("x/y=ü%zz%".into()));
        assert_eq!(value("a=__HIVE_DEFAULT_PARTITION__"), None);
        assert_eq!(key_value("plain"), None);
        assert_eq!(key_value("=x"), None);
        assert_eq!(key_value("a=%ff"), None);
    }
}
