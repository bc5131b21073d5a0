//! What owners say beyond the text: who receives, whether results may be given out directly, what
//! an admitted template stood for, and whom they have shut out.

use std::collections::BTreeSet;

use glovebox_model::{
    AccountId, AdditionalAnalyses, AllowedAnalyses, Code, Finding, MemberAbility, Mode,
    ProtectedQuery, Rule, TableName, TemplateUse,
};
use glovebox_store::{Snapshot, SnapshotTable};

use super::unpaid::{about, other_population};
use crate::approvals::columns;
use crate::association_rules::receivers;
use crate::rules::additional_analyses;

/// What is judged besides a text.
pub(super) struct Asked<'a> {
    /// Who runs it.
    pub(super) runner: AccountId,
    /// Who shall receive the result.
    pub(super) receivers: &'a [AccountId],
    /// The template that the text is from.
    pub(super) template: Option<&'a TemplateUse>,
}

impl<'a> Asked<'a> {
    pub(super) fn by(query: &'a ProtectedQuery) -> Self {
        let ProtectedQuery { runner, receivers, asked, .. } = query;
        Self { runner: *runner, receivers, template: asked.template.as_ref() }
    }
}

/// Everything that owners of the touched tables do not consent to, whatever the text says.
pub(super) fn withheld(
    snapshot: &Snapshot,
    asked: &Asked<'_>,
    touched: &[TableName],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mode = mode(snapshot, touched);
    for name in touched {
        let Some(table) = snapshot.tables.get(name) else { continue };
        let mut say = |code, title, text: String, help: &str| {
            findings.push(Finding {
                code: Code(code),
                title,
                aws_text: None,
                text,
                span: None,
                table: Some(name.clone()),
                owner: Some(snapshot.display_name(table.association.account)),
                help: Some(help.to_owned()),
                ask_owner: None,
            });
        };
        if table.locked {
            let text = "the table is locked for you after three queries that failed";
            say(94, "table-locked", text.into(), "ask its owner to unlock it");
        }
        let Some((rule, _)) = &table.rule else { continue };
        if additional_analyses(&rule.written) == Some(AdditionalAnalyses::Required) {
            let text = "results of this table may not be given out directly";
            let help = "additionalAnalyses is REQUIRED: ask its owner for ALLOWED";
            say(95, "direct-results", text.into(), help);
        }
        let allowed =
            receivers(&rule.written, &table.association, table.association_rule.as_ref(), mode);
        for receiver in refused(allowed.as_ref(), asked.receivers) {
            let text = format!("account {receiver} may not receive results of this table");
            let help = "choose another receiver, or ask its owner to name this one in \
                        allowedResultReceivers";
            say(96, "receiver-not-allowed", text, help);
        }
        if mode == Mode::Strict && !approved(snapshot, table, asked.template, touched) {
            let text = "the tables of this template are not those that the owner approved";
            let help = "ask its owner to approve the template anew, by updating the analysis rule";
            say(97, "approval-outdated", text.into(), help);
        }
    }
    let touched = touched.iter().filter_map(|name| Some((name, snapshot.tables.get(name)?)));
    findings.extend(touched.flat_map(|(name, table)| users(snapshot, name, table)));
    findings
}

/// What stands against counting the users of a table, whatever pool they are counted in.
fn users(snapshot: &Snapshot, name: &TableName, table: &SnapshotTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    if table.at_odds.is_some() {
        // Which one is the owner's affair: it may be in no collaboration with the runner.
        let text = "another table of its owner over the same source protects its users otherwise";
        let ask = "give all tables over this source the same differential privacy";
        let finding = about(snapshot, name, 409, "source-with-two-rules", text.into());
        findings.push(Finding { ask_owner: Some(ask.into()), ..finding });
    }
    let owner = snapshot.members.get(&table.association.account);
    let receives = owner.is_some_and(|it| it.member.terms.may(MemberAbility::CanReceiveResults));
    if table.users.is_some() && receives {
        let text = "the owner of the table can receive results, and so cannot protect its users";
        let finding = about(snapshot, name, 413, "owner-receives", text.into());
        let ask = "bring the table as a member who does not receive results";
        findings.push(Finding { ask_owner: Some(ask.into()), ..finding });
    }
    if let (Some(users), Some(fixed)) = (&table.users, &table.population)
        && users.fixed != *fixed
    {
        findings.push(other_population(snapshot, name));
    }
    findings
}

/// How the query is read: as the real service does only if every table in it is.
fn mode(snapshot: &Snapshot, touched: &[TableName]) -> Mode {
    let tables = touched.iter().filter_map(|it| snapshot.tables.get(it));
    let modes: BTreeSet<Mode> = tables.map(|it| it.extension.mode).collect();
    if modes.len() == 1 && modes.contains(&Mode::Aws) { Mode::Aws } else { Mode::Strict }
}

fn refused<'a>(
    allowed: Option<&'a BTreeSet<AccountId>>,
    asked: &'a [AccountId],
) -> impl Iterator<Item = &'a AccountId> {
    asked.iter().filter(move |it| allowed.is_some_and(|all| !all.contains(it)))
}

/// Whether the touched tables of others are those for which this owner admitted the template by
/// name. Bringing and changing its own tables is the owner's own act.
fn approved(
    snapshot: &Snapshot,
    table: &SnapshotTable,
    template: Option<&TemplateUse>,
    touched: &[TableName],
) -> bool {
    let Some(used) = template else { return true };
    let Some((rule, _)) = &table.rule else { return true };
    match rule.rule() {
        Ok(Rule::Custom(custom)) => match custom.analyses() {
            // Whatever that author writes, over whatever there is.
            AllowedAnalyses::AnyQuery => return true,
            AllowedAnalyses::Templates(_) => {}
        },
        Ok(Rule::Aggregation(_) | Rule::List(_)) | Err(_) => return true,
    }
    let Some(tables) = rule.approvals.get(&used.arn) else { return false };
    touched.iter().all(|name| {
        let Some(now) = snapshot.tables.get(name) else { return false };
        let own = now.association.account == table.association.account;
        own || tables.get(name).is_some_and(|then| {
            then.association == now.association.id && then.columns == columns(&now.table)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_code_has_a_page() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/refusals");
        let titles =
            ["table-locked", "direct-results", "receiver-not-allowed", "approval-outdated"];
        let budgets = [
            "source-with-two-rules",
            "population-fixed",
            "privacy-budget-exhausted",
            "access-budget-used-up",
            "owner-receives",
        ];
        for (code, title) in (94..).zip(titles).chain((409..).zip(budgets)) {
            let page = fs::read_to_string(pages.join(format!("GB{code:04}.md"))).unwrap();
            assert!(page.starts_with(&format!("# GB{code:04} {title}\n")), "{code}");
        }
    }
}
