//! Names of columns.

/// The most characters of a name.
pub const LONGEST_HEADER: usize = 128;

/// A column's name in the form that keys are derived from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Header(String);

/// Why a text cannot be a column's name.
///
/// Says where and not what: if the first line of a file is no header, its names are data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Nothing but blanks.
    #[error("the name of a column must not be blank")]
    Blank,
    /// More than [`LONGEST_HEADER`] characters.
    #[error("the name of a column has {0} characters, and may have {LONGEST_HEADER}")]
    TooLong(usize),
    /// A character that is not allowed there.
    #[error(
        "character {at} of a column's name is not allowed there: names are of a-z, 0-9, _, and \
         inside also blank and single hyphens, but not as the second character"
    )]
    Character {
        /// Which character, the first is 1; blanks at the beginning are not counted.
        at: usize,
    },
}

impl Header {
    /// The normal form: characters up to U+0020 are trimmed at both ends, the rest is lower case.
    ///
    /// Must then be `[a-z0-9_](([a-z0-9_ ]+-)*([a-z0-9_ ]+))?` with at most [`LONGEST_HEADER`]
    /// characters, as AWS Glue wants it.
    pub fn new(text: &str) -> Result<Self, HeaderError> {
        let name = text.trim_matches(|it| it <= '\u{20}').to_lowercase();
        if name.chars().all(char::is_whitespace) {
            return Err(HeaderError::Blank);
        }
        // Java counts UTF-16 units.
        let n = name.encode_utf16().count();
        if n > LONGEST_HEADER {
            return Err(HeaderError::TooLong(n));
        }
        if let Some(at) = misplaced(&name) {
            return Err(HeaderError::Character { at: at + 1 });
        }
        Ok(Self(name))
    }

    /// The name that Java gives a column of a file without a header line.
    pub fn positional(index: usize) -> Self {
        Self(format!("_c{index}"))
    }

    /// The name of a target that the schema does not name.
    pub(crate) fn with_suffix(&self, suffix: &str) -> Result<Self, HeaderError> {
        Self::new(&format!("{}{suffix}", self.0))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first character that the pattern does not allow where it stands.
fn misplaced(name: &str) -> Option<usize> {
    let mut before_was_hyphen = true;
    for (at, it) in name.chars().enumerate() {
        let is_plain = it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
        let is_allowed = match it {
            ' ' => at > 0,
            '-' => at > 1 && !before_was_hyphen,
            _ => is_plain,
        };
        if !is_allowed {
            return Some(at);
        }
        before_was_hyphen = it == '-';
    }
    name.ends_with('-').then(|| name.len() - 1)
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
