//! A query with its price.

use std::fmt::{self, Write as _};

use datafusion::logical_expr::LogicalPlan;
use glovebox_model::{Digest, TableName};
use glovebox_policy::{Cleared, Guard, PrivateQuery};
use glovebox_sql::CrowdingCheck;

use crate::{Charge, Cost, Groups, Noising, Sampling};

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
    /// Whether intervals stand beside released numbers.
    intervals: bool,
    digest: Digest,
    question: Digest,
}

impl Priced {
    /// Without differential privacy: it costs nothing.
    pub(crate) fn new(cleared: Cleared) -> Self {
        let digest = glovebox_sql::digest(cleared.bound());
        Self { cleared, private: None, intervals: false, digest, question: digest }
    }

    pub(crate) fn with_noise(cleared: Cleared, charge: Charge, noising: Noising) -> Self {
        let judged = glovebox_sql::digest(cleared.bound());
        let question = glovebox_sql::question_digest(cleared.bound());
        let plans = cleared.private().map(|it| {
            let (lower, upper) = (it.plan.lower.display_indent_schema(), &it.plan.upper);
            let keys = it.plan.key_relation.as_ref();
            let keys = keys.map(|it| it.display_indent_schema().to_string()).unwrap_or_default();
            format!("{lower}\n{}\n{keys}", upper.display_indent_schema())
        });
        let plans = plans.unwrap_or_default();
        let noise = format!("{plans}\n{charge:?}\n{noising:?}");
        let with =
            |judged| Digest::of(format!("glovebox private plan 1\n{judged}\n{noise}").as_bytes());
        let (digest, question) = (with(judged), with(question));
        let private = Some(Box::new((charge, noising)));
        Self { cleared, private, intervals: false, digest, question }
    }

    /// The same query with a 95 % interval beside each released number; without differential
    /// privacy there is none, and nothing changes. Price and noise are the same.
    #[must_use]
    pub fn with_intervals(self) -> Self {
        let Some(query) = self.cleared.private() else { return self };
        let plan = query.plan.beside.plan.display_indent_schema().to_string();
        let text = format!("glovebox private plan with intervals 1\n{}\n{plan}", self.digest);
        let asked = format!("glovebox private question with intervals 1\n{}", self.question);
        let (digest, question) = (Digest::of(text.as_bytes()), Digest::of(asked.as_bytes()));
        Self { digest, question, intervals: true, ..self }
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

    /// The query, with its contributions bounded.
    pub(crate) fn private_query(&self) -> Option<&PrivateQuery> {
        self.cleared.private()
    }

    /// How contributions are bounded while it is executed.
    pub(crate) fn sampling(&self) -> Option<Sampling<'_>> {
        let noising = self.noising()?;
        let (units, max_groups) = (noising.units.as_slice(), noising.max_groups);
        Some(Sampling { n_keys: noising.keys.len(), units, max_groups })
    }

    /// What becomes of released numbers.
    pub(crate) fn upper(&self) -> Option<&LogicalPlan> {
        let plan = &self.cleared.private()?.plan;
        Some(if self.intervals { &plan.beside.plan } else { &plan.upper })
    }

    /// The names of the columns behind those of the query, when they are asked for.
    pub(crate) fn interval_names(&self) -> Option<&[String]> {
        let query = self.cleared.private().filter(|_| self.intervals)?;
        Some(&query.plan.beside.names)
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

    /// The columns of the result that are encrypted, in order.
    pub fn encrypted_outputs(&self) -> &[(String, glovebox_model::EncryptedKind)] {
        self.cleared.encrypted_outputs()
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
            text.write_str(match self.noising() {
                Some(_) => "\n\nThen, for the keys of all groups, over public tables alone\n",
                None => "\n\nThen, for a last row over all groups below a threshold\n",
            })?;
            write!(text, "{}", remainder.display_indent())?;
        }
        Ok(())
    }

    pub(crate) fn checks(&self) -> &[CrowdingCheck] {
        self.cleared.bound().checks()
    }

    /// What is executed after the plan: the one row that stands for withheld groups; of a private
    /// query, whose groups are withheld by noisy counts, the keys that a public relation lists.
    pub(crate) fn remainder(&self) -> Option<&LogicalPlan> {
        match (self.noising().map(|it| &it.groups), self.cleared.private()) {
            (Some(Groups::Relation), Some(query)) => query.plan.key_relation.as_ref(),
            (_, Some(_)) => None,
            (_, None) => self.cleared.bound().remainder(),
        }
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
