//! What a reservation that was not made means for the query: a refusal by a budget, or a stop.

use glovebox_model::{AccountId, Code, Finding, QueryErrorCode, QueryFailure, TableName};
use glovebox_store::{Diagnostic, NotReserved, Passed, Refusal, Snapshot};

use super::stopped::Stopped;

/// What is known of the query that was not opened.
pub(super) struct Unpaid<'a> {
    pub(super) text: &'a str,
    pub(super) snapshot: &'a Snapshot,
    pub(super) touched: Vec<TableName>,
    pub(super) passed: Vec<Passed>,
}

impl Unpaid<'_> {
    /// How the walk stops. Nothing was read and nothing charged.
    pub(super) fn stopped(self, reason: NotReserved) -> Stopped {
        match reason {
            NotReserved::Cancelled => Stopped::Cancelled,
            NotReserved::Changed => Stopped::Restless,
            NotReserved::Superseded => Stopped::Superseded,
            NotReserved::ClockHalted => halted(CLOCK),
            NotReserved::NoHeadCounter => halted(NO_COUNTER),
            NotReserved::Restored => halted(RESTORED),
            NotReserved::Unconfirmed { member } => {
                let name = glovebox_model::escape(&self.snapshot.display_name(member)).into_owned();
                halted(&format!("{UNCONFIRMED} {name} ({member}){CONFIRM}"))
            }
            NotReserved::Exhausted { owner } => {
                let aws_text = exhausted(owner);
                let finding = Finding {
                    aws_text: Some(aws_text.clone()),
                    ..self.finding(411, "privacy-budget-exhausted", aws_text.clone(), owner)
                };
                // The real service's words and no others.
                self.refused(finding, Some(aws_text))
            }
            NotReserved::NoBudget { owner } => {
                let text = "the owner offers no privacy budget in this collaboration".to_owned();
                let help = "ask the owner to create a privacy budget template";
                let finding = self.finding(430, "no-privacy-budget", text, owner);
                self.refused(Finding { help: Some(help.into()), ..finding }, None)
            }
            NotReserved::OtherAccountant { owner } => {
                let text = "the owner's privacy budget and tables add up loss in different ways";
                let help = "ask the owner to declare the accountant of its budget template";
                let finding = self.finding(431, "other-accountant", text.into(), owner);
                self.refused(Finding { help: Some(help.into()), ..finding }, None)
            }
            NotReserved::OtherPopulation { table } => {
                let finding = other_population(self.snapshot, &table);
                self.refused(finding, None)
            }
            NotReserved::AccessUsedUp { table } => {
                let text = "the access budget of the table is used up".to_owned();
                let help = "wait for its next period, or ask its owner to raise the budget";
                let finding = about(self.snapshot, &table, 412, "access-budget-used-up", text);
                self.refused(Finding { help: Some(help.into()), ..finding }, None)
            }
        }
    }

    /// How the walk stops over this finding.
    pub(super) fn refused(self, finding: Finding, message: Option<String>) -> Stopped {
        let Self { text, snapshot: _, touched, passed } = self;
        let findings = [finding];
        let message = message.unwrap_or_else(|| Finding::message(&findings, text));
        let findings = findings.iter().map(|it| Diagnostic::of(it, text)).collect();
        Stopped::Refused(Refusal { message, findings, touched, passed })
    }

    fn finding(&self, code: u16, title: &'static str, text: String, owner: AccountId) -> Finding {
        let owner = Some(self.snapshot.display_name(owner));
        Finding { owner, ..bare(code, title, text) }
    }
}

/// The identifiers of this table's source were fixed as those of another population or column.
pub(super) fn other_population(snapshot: &Snapshot, table: &TableName) -> Finding {
    let text = "the user identifiers of this table's source are fixed as those of another \
                population or column";
    let help = "ask its owner to declare the population and the identifier with which the source \
                was first queried";
    let finding = about(snapshot, table, 410, "population-fixed", text.into());
    Finding { help: Some(help.into()), ..finding }
}

/// A finding about a table.
pub(super) fn about(
    snapshot: &Snapshot,
    table: &TableName,
    code: u16,
    title: &'static str,
    text: String,
) -> Finding {
    let owner = snapshot.tables.get(table).map(|it| it.association.account);
    Finding {
        table: Some(table.clone()),
        owner: owner.map(|it| snapshot.display_name(it)),
        ..bare(code, title, text)
    }
}

/// A finding about nothing in particular.
pub(super) fn bare(code: u16, title: &'static str, text: String) -> Finding {
    Finding {
        code: Code(code),
        title,
        aws_text: None,
        text,
        span: None,
        table: None,
        owner: None,
        help: None,
        ask_owner: None,
    }
}

/// The real service's text for a budget that is used up.
pub(super) fn exhausted(owner: AccountId) -> String {
    format!(
        "You do not have enough aggregations remaining to run this query on the data from {owner}. \
         You can wait for the utility to refresh or contact the data owner to provide you more \
         utility."
    )
}

pub(super) const CLOCK: &str = "GB0903 no query runs: the clock of this house has jumped; ask its operator to set \
                     it right and to say so with `glovebox clock accept`";
pub(super) const NO_COUNTER: &str = "GB0904 no privacy budget can be charged: this house has no head counter \
                          outside its data directory, or cannot write it; run the query again, \
                          or ask its operator to set GLOVEBOX_HEAD_COUNTER";
pub(super) const RESTORED: &str = "GB0905 no query runs: the database of this house is an older copy than its \
                        head counter knows; ask its operator to bring back the newest one, or to \
                        accept this one with `glovebox ledger accept-restore --data-dir DIR`";
/// A member's word is missing after a restore: these words, its name, and what it is to do.
const UNCONFIRMED: &str = "GB0906 no query runs over what a member allows before it has confirmed that, because this \
                           house was restored from an older copy of its database: ask";
const CONFIRM: &str = " to look at its tables, rules and members, and to say `glovebox ledger accept-restore \
                       --endpoint-url URL`";

/// No query of this kind runs now.
pub(super) fn halted(message: &str) -> Stopped {
    let code = QueryErrorCode::InternalError;
    Stopped::Halted(QueryFailure { code, message: message.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::exhausted;

    #[test]
    fn a_budget_that_is_used_up_speaks_as_the_real_service_does() {
        let said = exhausted("123456789012".parse().unwrap());
        let words = "You do not have enough aggregations remaining to run this query on the data \
                     from 123456789012. You can wait for the utility to refresh or contact the \
                     data owner to provide you more utility.";
        assert_eq!(said, words);
    }
}
