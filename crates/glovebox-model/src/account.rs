//! Accounts: who owns, runs, receives and pays.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::Timestamp;

/// An account of this house. Only the operator makes and disables accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Names it.
    pub id: AccountId,
    /// How the operator calls it.
    pub name: String,
    /// Whether its keys open anything.
    pub enabled: bool,
    /// A folder of its own for its tables; `None` is the one in the data directory.
    pub tables: Option<PathBuf>,
    /// When it was made.
    pub created: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// A 12-digit account number, as AWS writes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

/// The text was not twelve ASCII digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an account id is twelve digits")]
pub struct BadAccountId;

impl AccountId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AccountId {
    type Err = BadAccountId;

    fn from_str(text: &str) -> Result<Self, BadAccountId> {
        let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| BadAccountId)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(BadAccountId) }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_twelve_ascii_digits_are_an_account() {
        assert_eq!("123456789012".parse::<AccountId>().unwrap().as_str(), "123456789012");
        for bad in ["", "12345678901", "1234567890123", "12345678901a", "١23456789012"] {
            assert_eq!(bad.parse::<AccountId>(), Err(BadAccountId), "{bad}");
        }
    }
}
