//! The process's variables, read once in `main` and passed down as a value.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Variables as they were when the process began.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The given variables; those that are not UTF-8 are left out by the caller.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// The value of a variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|it| !it.is_empty())
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<PathBuf> {
        self.get("HOME").map(PathBuf::from)
    }

    /// `~/.config/glovebox`: the master key, the head counter, and heads kept from ledgers.
    pub fn config_folder(&self) -> Option<PathBuf> {
        let base = self.get("XDG_CONFIG_HOME").map(PathBuf::from);
        Some(base.or_else(|| Some(self.home()?.join(".config")))?.join("glovebox"))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment") // it holds secrets
    }
}
