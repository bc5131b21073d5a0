//! The collaboration's id, which is the salt of all keys.

use std::str::FromStr;

/// How many hexadecimal digits each group of an id has.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// A collaboration's id in the one form that keys are derived from: 36 characters, lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CollaborationId(String);

/// The text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a collaboration's id is five groups of hexadecimal digits, like \
     12345678-90ab-cdef-1234-567890abcdef"
)]
pub struct CollaborationIdError;

impl FromStr for CollaborationId {
    type Err = CollaborationIdError;

    /// As a Java `UUID` is read and printed again: upper case becomes lower case, short groups are
    /// filled with zeros (`1-2-3-4-5` is `00000001-0002-0003-0004-000000000005`).
    ///
    /// Groups that are too long, of which Java drops digits without a word, are refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut normal = String::with_capacity(36);
        let mut groups = text.split('-');
        for width in GROUPS {
            let group = groups.next().ok_or(CollaborationIdError)?;
            let is_hex = group.bytes().all(|it| it.is_ascii_hexdigit());
            if group.is_empty() || group.len() > width || !is_hex {
                return Err(CollaborationIdError);
            }
            if !normal.is_empty() {
                normal.push('-');
            }
            normal.extend(std::iter::repeat_n('0', width - group.len()));
            normal.push_str(&group.to_ascii_lowercase());
        }
        if groups.next().is_some() {
            return Err(CollaborationIdError);
        }
        Ok(Self(normal))
    }
}

impl CollaborationId {
    /// The 36 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CollaborationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> Option<String> {
        text.parse().ok().map(|it: CollaborationId| it.to_string())
    }

    #[test]
    fn ids_are_normalised_as_java_does() {
        let id = "12345678-90ab-cdef-1234-567890abcdef";
        assert_eq!(normal(id).as_deref(), Some(id));
        assert_eq!(normal("12345678-90AB-CDEF-1234-567890ABCDEF").as_deref(), Some(id));
        let short = "00000001-0002-0003-0004-000000000005";
        assert_eq!(normal("1-2-3-4-5").as_deref(), Some(short));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "xyz", "1-2-3-4", "1-2-3-4-5-6", "1-2--4-5", "+1-2-3-4-5", "1-2-3-4-5 "] {
            assert_eq!(normal(text), None, "{text}");
        }
        assert_eq!(normal("123456789-1-1-1-1"), None, "Java would drop a digit");
    }
}
