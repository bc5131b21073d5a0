//! Which agreements can exist: one runner, a receiver, a payer (AWS reference, F.2).

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{AccountId, CollaborationTerms, MemberAbility, MemberTerms, Payment};

use crate::error::FieldFault;
use crate::{NewCollaboration, NewMember, PaymentDraft, RoomError};

/// The terms, the members with theirs (the creator first), and the tags.
type Agreed = (CollaborationTerms, Vec<(AccountId, MemberTerms)>, BTreeMap<String, String>);

/// Checks what a creator asks for and completes what it leaves open.
pub(super) fn agree(creator: AccountId, new: NewCollaboration) -> Result<Agreed, RoomError> {
    let NewCollaboration {
        name,
        description,
        creator: creators_part,
        members: others,
        encryption,
        query_log,
        job_log,
        auto_approved_changes,
        allowed_result_regions,
        metrics,
        legacy_engine,
        tags,
    } = new;
    if legacy_engine {
        return Err(RoomError::field(
            "analyticsEngine",
            "CLEAN_ROOMS_SQL has ended: use SPARK or leave it out",
        ));
    }
    check_accounts(creator, &others)?;
    let creator_display_name = creators_part.display_name.clone();
    let mut parts = vec![(creator, creators_part)];
    parts.extend(others);
    let runner = check_abilities(&parts)?;
    let members = settle_payments(runner, parts)?;
    let terms = CollaborationTerms {
        name,
        description,
        creator_display_name,
        encryption,
        query_log,
        job_log,
        auto_approved_changes,
        allowed_result_regions,
        metrics,
    };
    Ok((terms, members, tags))
}

fn check_accounts(creator: AccountId, others: &[(AccountId, NewMember)]) -> Result<(), RoomError> {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (index, (account, _)) in others.iter().enumerate() {
        let message = if *account == creator {
            "the creator is a member already and is not named among the members"
        } else if !seen.insert(*account) {
            "the account is named twice"
        } else {
            continue;
        };
        let name = format!("members[{index}].accountId");
        faults.push(FieldFault { name, message: message.into() });
    }
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}

/// The account that runs queries.
fn check_abilities(parts: &[(AccountId, NewMember)]) -> Result<AccountId, RoomError> {
    let who_may = |ability| {
        let able = parts.iter().filter(move |(_, it)| it.abilities.contains(&ability));
        able.map(|(account, _)| *account).collect::<Vec<_>>()
    };
    let runner = match who_may(MemberAbility::CanQuery).as_slice() {
        [one] => *one,
        [] => return Err(RoomError::invalid("exactly one member must have CAN_QUERY, none has")),
        _ => return Err(RoomError::invalid("only one member can have CAN_QUERY")),
    };
    if who_may(MemberAbility::CanRunJob).iter().any(|it| *it != runner) {
        return Err(RoomError::invalid("only the member with CAN_QUERY can have CAN_RUN_JOB"));
    }
    if who_may(MemberAbility::CanReceiveResults).is_empty() {
        return Err(RoomError::invalid("at least one member must have CAN_RECEIVE_RESULTS"));
    }
    Ok(runner)
}

/// Who pays: whoever is flagged; if nobody is, the runner.
fn settle_payments(
    runner: AccountId,
    parts: Vec<(AccountId, NewMember)>,
) -> Result<Vec<(AccountId, MemberTerms)>, RoomError> {
    let flagged = |draft: &Option<PaymentDraft>| draft.is_some_and(|it| it.query_compute);
    let somebody_pays = parts.iter().any(|(_, it)| flagged(&it.payment));
    let mut members = Vec::new();
    for (account, part) in parts {
        let NewMember { display_name, abilities, ml_abilities, payment: draft } = part;
        let runs = account == runner;
        if runs && draft.is_some_and(|it| !it.query_compute) && !somebody_pays {
            return Err(RoomError::invalid(
                "the member with CAN_QUERY cannot be relieved of paying while nobody else pays",
            ));
        }
        let runs_jobs = abilities.contains(&MemberAbility::CanRunJob);
        if runs_jobs && draft.is_some_and(|it| it.job_compute == Some(false)) {
            return Err(RoomError::invalid(
                "the member with CAN_RUN_JOB cannot be relieved of paying for jobs",
            ));
        }
        let mut payment = draft.map_or_else(Payment::default, PaymentDraft::payment);
        payment.query_compute |= runs && !somebody_pays;
        payment.job_compute |= runs_jobs;
        let abilities = once_each(abilities);
        let ml_abilities = once_each(ml_abilities);
        members.push((account, MemberTerms { display_name, abilities, ml_abilities, payment }));
    }
    Ok(members)
}

fn once_each<T: Ord + Copy>(items: Vec<T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|it| seen.insert(*it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: MemberAbility = MemberAbility::CanQuery;
    const RECEIVE: MemberAbility = MemberAbility::CanReceiveResults;
    const JOB: MemberAbility = MemberAbility::CanRunJob;

    fn account(number: u64) -> AccountId {
        format!("{number:012}").parse().unwrap()
    }

    fn part(abilities: &[MemberAbility], payment: Option<PaymentDraft>) -> NewMember {
        let display_name = "somebody".into();
        NewMember { display_name, abilities: abilities.to_vec(), ml_abilities: vec![], payment }
    }

    fn asked(creator: NewMember, others: Vec<(AccountId, NewMember)>) -> NewCollaboration {
        NewCollaboration {
            name: "n".into(),
            description: None,
            creator,
            members: others,
            encryption: None,
            query_log: false,
            job_log: false,
            auto_approved_changes: vec![],
            allowed_result_regions: vec![],
            metrics: false,
            legacy_engine: false,
            tags: BTreeMap::new(),
        }
    }

    fn refused(new: NewCollaboration) -> String {
        agree(account(1), new).unwrap_err().to_string()
    }

    fn payers(new: NewCollaboration) -> Vec<bool> {
        let (_, members, _) = agree(account(1), new).unwrap();
        members.iter().map(|(_, it)| it.payment.query_compute).collect()
    }

    const PAYS: Option<PaymentDraft> = Some(PaymentDraft {
        query_compute: true,
        job_compute: None,
        model_training: None,
        model_inference: None,
        synthetic_data: None,
    });
    const PAYS_NOT: Option<PaymentDraft> = Some(PaymentDraft {
        query_compute: false,
        job_compute: Some(false),
        model_training: None,
        model_inference: None,
        synthetic_data: None,
    });

    #[test]
    fn exactly_one_member_runs_queries() {
        let nobody = asked(part(&[RECEIVE], None), vec![(account(2), part(&[], None))]);
        assert!(refused(nobody).contains("none has"));
        let two = asked(part(&[QUERY, RECEIVE], None), vec![(account(2), part(&[QUERY], None))]);
        assert!(refused(two).contains("only one member"));
        let job = asked(part(&[QUERY, RECEIVE], None), vec![(account(2), part(&[JOB], None))]);
        assert!(refused(job).contains("CAN_RUN_JOB"));
    }

    #[test]
    fn somebody_receives_results() {
        let new = asked(part(&[QUERY], None), vec![(account(2), part(&[], None))]);
        assert!(refused(new).contains("CAN_RECEIVE_RESULTS"));
    }

    #[test]
    fn the_creator_alone_is_a_collaboration() {
        assert_eq!(payers(asked(part(&[QUERY, RECEIVE], None), vec![])), [true]);
    }

    #[test]
    fn accounts_are_named_once_and_never_the_creator() {
        let others = vec![
            (account(2), part(&[], None)),
            (account(1), part(&[], None)),
            (account(2), part(&[], None)),
        ];
        let error = agree(account(1), asked(part(&[QUERY, RECEIVE], None), others)).unwrap_err();
        let RoomError::Validation { fields, .. } = error else { panic!("{error}") };
        let names: Vec<_> = fields.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["members[1].accountId", "members[2].accountId"]);
    }

    #[test]
    fn the_runner_pays_unless_others_are_flagged() {
        let other = |payment| vec![(account(2), part(&[], payment))];
        assert_eq!(payers(asked(part(&[QUERY, RECEIVE], None), other(None))), [true, false]);
        assert_eq!(payers(asked(part(&[QUERY, RECEIVE], None), other(PAYS))), [false, true]);
        assert_eq!(payers(asked(part(&[QUERY, RECEIVE], PAYS), other(PAYS))), [true, true]);
        assert_eq!(payers(asked(part(&[QUERY, RECEIVE], PAYS_NOT), other(PAYS))), [false, true]);
        let nobody = asked(part(&[QUERY, RECEIVE], PAYS_NOT), other(None));
        assert!(refused(nobody).contains("cannot be relieved"));
        let jobs = asked(part(&[QUERY, JOB, RECEIVE], PAYS_NOT), other(PAYS));
        assert!(refused(jobs).contains("paying for jobs"));
    }

    #[test]
    fn the_ended_engine_is_refused() {
        let new = NewCollaboration { legacy_engine: true, ..asked(part(&[QUERY], None), vec![]) };
        assert!(refused(new).contains("analyticsEngine"));
    }
}
