//! A query with its price.

use std::fmt::{self, Write as _};

use datafusion::logical_expr::LogicalPlan;
use glovebox_model::{Digest, TableName};
use glovebox_policy::{Cleared, Guard};
use glovebox_sql::CrowdingCheck;

use crate::{Charge, Cost, Noising, Sampling};

/// The longest text of a plan, in bytes.
const LONGEST: usize = 256 * 1024;

/// A text that does not grow beyond [`LONGEST`].
struct Short(String);

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// A cleared query whose cost is known. It can be reserved, not executed.
pub struct Priced {
    cleared: Cleared,
    private: Option<Box<(Charge, Noising)>>,
    digest: Digest,
    question: Digest,
}

impl Priced {
    /// Without differential privacy: it costs nothing.
    pub(crate) fn new(cleared: Cleared) -> Self {
        let digest = glovebox_sql::digest(cleared.bound());
        Self { cleared, private: None, digest, question: digest }
    }

    pub(crate) fn with_noise(cleared: Cleared, charge: Charge, noising: Noising) -> Self {
        let judged = glovebox_sql::digest(cleared.bound());
        let question = glovebox_sql::question_digest(cleared.bound());
        let plans = cleared.private().map(|it| {
            let (lower, upper) = (it.plan.lower.display_indent_schema(), &it.plan.upper);
            format!("{lower}\n{}", upper.display_indent_schema())
        });
        let plans = plans.unwrap_or_default();
        let noise = format!("{plans}\n{charge:?}\n{noising:?}");
        let with =
            |judged| Digest::of(format!("glovebox private plan 1\n{judged}\n{noise}").as_bytes());
        let (digest, question) = (with(judged), with(question));
        Self { cleared, private: Some(Box::new((charge, noising))), digest, question }
    }

    /// What it takes from budgets.
    pub fn cost(&self) -> Cost {
        self.noising().map_or(Cost::ZERO, Noising::cost)
    }

    /// What it takes from the budget of one owner; nothing without differential privacy.
    pub fn charge(&self) -> Option<&Charge> {
        self.private.as_ref().map(|it| &it.0)
    }

    /// The noise that its result will have.
    pub fn noising(&self) -> Option<&Noising> {
        self.private.as_ref().map(|it| &it.1)
    }

    /// How contributions are bounded while it is executed.
    pub(crate) fn sampling(&self) -> Option<Sampling<'_>> {
        let noising = self.noising()?;
        let (units, max_groups) = (noising.units.as_slice(), noising.max_groups);
        Some(Sampling { n_keys: noising.keys.len(), units, max_groups })
    }

    /// What becomes of released numbers.
    pub(crate) fn upper(&self) -> Option<&LogicalPlan> {
        self.cleared.private().map(|it| &it.plan.upper)
    }

    /// The plan whose columns the result has.
    pub(crate) fn judged(&self) -> &LogicalPlan {
        self.cleared.plan()
    }

    /// The digest of the plan that was judged and will be executed.
    pub fn plan_digest(&self) -> Digest {
        self.digest
    }

    /// The digest of what is asked, with all noise and the charge: of the plan, but for the moment
    /// of asking where the text does not ask for it.
    pub fn question_digest(&self) -> Digest {
        self.question
    }

    /// The digest of the text that was bound.
    pub fn text_digest(&self) -> Digest {
        self.cleared.bound().text_digest()
    }

    /// The tables it reads, in order of name.
    pub fn tables(&self) -> impl Iterator<Item = &TableName> {
        self.cleared.tables()
    }

    /// The digest of each rule that allowed it, in order of table.
    pub fn rule_digests(&self) -> &[(TableName, Digest)] {
        self.cleared.rule_digests()
    }

    /// The plan that was judged, as text of its logical nodes: no files, statistics or partition
    /// values. Below it stand the plans that are checked first. Its end is cut off when it is
    /// longer than 256 KiB.
    pub fn plan_text(&self) -> String {
        let mut text = Short(String::new());
        if self.write_plans(&mut text).is_err() {
            text.0.push_str("...");
        }
        text.0
    }

    fn write_plans(&self, text: &mut Short) -> fmt::Result {
        if let Some(upper) = self.upper() {
            writeln!(text, "{}", upper.display_indent())?;
        }
        write!(text, "{}", self.plan().display_indent())?;
        for check in self.checks() {
            let (table, limit) = (check.table(), check.limit());
            write!(text, "\n\nFirst, over `{table}` alone: no key in more than {limit} groups\n")?;
            write!(text, "{}", check.plan().display_indent())?;
        }
        if let Some(remainder) = self.remainder() {
            text.write_str("\n\nThen, for a last row over all groups below a threshold\n")?;
            write!(text, "{}", remainder.display_indent())?;
        }
        Ok(())
    }

    pub(crate) fn checks(&self) -> &[CrowdingCheck] {
        self.cleared.bound().checks()
    }

    /// The plan of the one row that stands for withheld groups. A private query has none: its
    /// groups are withheld by noisy counts.
    pub(crate) fn remainder(&self) -> Option<&LogicalPlan> {
        if self.cleared.private().is_some() { None } else { self.cleared.bound().remainder() }
    }

    /// The plan that is executed over tables.
    pub(crate) fn plan(&self) -> &LogicalPlan {
        match self.cleared.private() {
            Some(query) => &query.plan.lower,
            None => self.cleared.plan(),
        }
    }

    pub(crate) fn guards(&self) -> &[Guard] {
        self.cleared.guards()
    }

    pub(crate) fn output_names(&self) -> &[String] {
        self.cleared.output_names()
    }
}

impl fmt::Debug for Priced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Priced").field("plan", &self.digest).finish_non_exhaustive()
    }
}
