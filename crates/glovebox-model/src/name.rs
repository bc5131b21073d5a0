//! Names of tables and columns: folded to lower case once, compared with `==`.

use std::fmt;

/// The name was empty, too long, or holds a character that names cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 128 letters, digits, `_`, `-` or spaces, and no hyphen at either end")]
pub struct BadName;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Folds `text` to lower case and checks it.
            pub fn new(text: &str) -> Result<Self, BadName> {
                fold(text).map(Self)
            }

            /// The folded name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "`{}`", self.0)
            }
        }
    )*};
}

names! {
    /// The name of a column.
    ColumnName,
    /// The name under which a table is queried: an association's name.
    TableName,
}

fn fold(text: &str) -> Result<String, BadName> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let hyphen_at_end = text.starts_with('-') || text.ends_with('-');
    if text.is_empty() || text.len() > 128 || hyphen_at_end || !text.chars().all(legal) {
        return Err(BadName);
    }
    Ok(text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_and_checked() {
        assert_eq!(TableName::new("Flights").unwrap(), TableName::new("flights").unwrap());
        for bad in ["", "-a", "a-", "a\"b", "a.b", "é", "a\u{202e}b", &"x".repeat(129)] {
            assert_eq!(ColumnName::new(bad), Err(BadName), "{bad}");
        }
    }
}
