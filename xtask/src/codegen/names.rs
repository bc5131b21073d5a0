//! AWS's names in Rust's cases.

/// `creatorMLMemberAbilities` becomes `creator_ml_member_abilities`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(at + 1);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|b| {
                !b.is_ascii_uppercase() || after.is_some_and(|a| a.is_ascii_lowercase())
            });
        if starts_word {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The name of a shape's table entry: `S3Location` becomes `S3_LOCATION`.
pub(crate) fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// A field's name: snake case, escaped where Rust reserves the word.
pub(crate) fn field(name: &str) -> String {
    let name = snake(name);
    match name.as_str() {
        "type" | "match" | "ref" | "use" | "mod" | "move" | "final" | "where" => {
            format!("r#{name}")
        }
        _ => name,
    }
}

/// A variant's name: `CAN_QUERY`, `us-west-1` and `CR.1X` become `CanQuery`, `UsWest1` and `Cr1x`.
pub(crate) fn variant(value: &str) -> String {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| capital(&part.to_ascii_lowercase()))
        .collect()
}

/// The word with its first letter as a capital.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_case_at_word_borders_and_acronyms() {
        assert_eq!(snake("creatorMLMemberAbilities"), "creator_ml_member_abilities");
        assert_eq!(snake("s3"), "s3");
        assert_eq!(
            screaming("ProtectedQueryS3OutputConfiguration"),
            "PROTECTED_QUERY_S3_OUTPUT_CONFIGURATION"
        );
        assert_eq!(screaming("KMSKeyArn"), "KMS_KEY_ARN");
        assert_eq!(field("type"), "r#type");
        assert_eq!(variant("CAN_QUERY"), "CanQuery");
        assert_eq!(variant("CR.1X"), "Cr1x");
        assert_eq!(variant("us-west-1"), "UsWest1");
    }
}
