//! What the test of a connection came to, as text: steps pass from process to process.

use glovebox_catalog::{Probed, Step};

/// One step of the test of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedStep {
    /// `reach`, `credentials`, `catalog`, `query` or `read`.
    pub name: String,
    /// What it was about.
    pub about: String,
    /// What it came to.
    pub status: TriedStatus,
    /// What was seen, what is wrong, or what it takes to try it.
    pub message: String,
    /// What mends it, if it failed and that is known.
    pub mend: Option<String>,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriedStatus {
    /// It does not work.
    Failed,
    /// It could not be tried.
    Skipped,
    /// It works.
    Works,
}

impl TriedStep {
    /// Whether it showed that the credentials are good: any address answers whoever knocks.
    pub fn proves(&self) -> bool {
        self.status == TriedStatus::Works && self.name != "reach"
    }

    /// A step that failed, without anything known that mends it.
    pub(crate) fn failed(name: &str, about: &str, message: String) -> Self {
        let (name, about) = (name.to_owned(), about.to_owned());
        Self { name, about, status: TriedStatus::Failed, message, mend: None }
    }
}

impl From<Step> for TriedStep {
    fn from(step: Step) -> Self {
        let Step { name, about, probed, mend } = step;
        let (status, message) = match probed {
            Probed::Fails(why) => (TriedStatus::Failed, why.to_string()),
            Probed::Skipped(what) => (TriedStatus::Skipped, what),
            Probed::Works(seen) => (TriedStatus::Works, seen),
        };
        Self { name: name.into(), about, status, message, mend: mend.map(Into::into) }
    }
}
