//! What a change amounts to, against the members as they are.

use std::collections::BTreeSet;

use glovebox_model::{
    Change, ChangeSpecification, ChangeType, Member, MemberAbility, MemberChange, MemberTerms,
    MlAbility, Payment,
};

use super::NewChange;
use crate::error::FieldFault;
use crate::{PaymentDraft, RoomError};

/// The changes with their types, or everything that is wrong with them.
pub(super) fn changes(members: &[Member], asked: Vec<NewChange>) -> Result<Vec<Change>, RoomError> {
    let mut faults = Vec::new();
    let mut changes = Vec::new();
    let mut named = BTreeSet::new();
    for (index, asked) in asked.into_iter().enumerate() {
        let made = match asked {
            NewChange::Member(wanted, draft) => {
                let twice = !named.insert(Some(wanted.account));
                member(members, wanted, draft, twice)
            }
            NewChange::AutoApproved(types) => {
                let twice = !named.insert(None);
                collaboration(types, twice)
            }
        };
        match made {
            Ok(change) => changes.push(change),
            Err((field, message)) => {
                let name = format!("changes[{index}].specification.{field}");
                faults.push(FieldFault { name, message });
            }
        }
    }
    if !faults.is_empty() {
        return Err(RoomError::fields(faults));
    }
    check_whole(members, &changes)?;
    Ok(changes)
}

type Fault = (&'static str, String);

fn collaboration(types: Vec<ChangeType>, twice: bool) -> Result<Change, Fault> {
    let field = "collaboration.autoApprovedChangeTypes";
    if twice {
        return Err((field, "the collaboration is changed twice in one request".into()));
    }
    if let Some(wrong) = types.iter().find(|it| !it.may_be_auto_approved()) {
        return Err((field, format!("{} always needs approval", wrong.aws_name())));
    }
    let types: BTreeSet<ChangeType> = types.into_iter().collect();
    Ok(Change {
        specification: ChangeSpecification::AutoApproved(types.into_iter().collect()),
        types: BTreeSet::from([ChangeType::EditAutoApprovedChangeTypes]),
    })
}

fn member(
    members: &[Member],
    wanted: MemberChange,
    draft: Option<PaymentDraft>,
    twice: bool,
) -> Result<Change, Fault> {
    let wanted =
        MemberChange { payment: draft.map(PaymentDraft::payment).or(wanted.payment), ..wanted };
    if twice {
        return Err(("member.accountId", "the member is changed twice in one request".into()));
    }
    let fixed = [MemberAbility::CanQuery, MemberAbility::CanRunJob];
    if let Some(it) = wanted.abilities.iter().find(|it| fixed.contains(it)) {
        let message = format!("who has {} never changes", it.aws_name());
        return Err(("member.memberAbilities", message));
    }
    let old = members.iter().find(|it| it.account == wanted.account);
    let types = match old {
        None => {
            if wanted.display_name.is_none() {
                return Err(("member.displayName", "a new member needs a name".into()));
            }
            BTreeSet::from([ChangeType::AddMember])
        }
        Some(old) if !old.status.takes_part() => {
            let message = "who left or was removed can never come back";
            return Err(("member.accountId", message.into()));
        }
        Some(old) => {
            if wanted.display_name.as_ref().is_some_and(|it| *it != old.terms.display_name) {
                return Err(("member.displayName", "the name of a member never changes".into()));
            }
            differences(&old.terms, &terms(&wanted, Some(old)))
        }
    };
    if types.is_empty() {
        return Err(("member", "this changes nothing".into()));
    }
    Ok(Change { specification: ChangeSpecification::Member(wanted), types })
}

/// The terms of a member once the change is carried out. Running queries and jobs never changes.
pub(super) fn terms(wanted: &MemberChange, old: Option<&Member>) -> MemberTerms {
    let MemberChange { account: _, abilities, ml_abilities, payment, display_name } = wanted;
    let old = old.map(|it| &it.terms);
    let fixed = [MemberAbility::CanQuery, MemberAbility::CanRunJob];
    let kept = old.iter().flat_map(|it| &it.abilities).filter(|it| fixed.contains(it));
    let all: BTreeSet<MemberAbility> = kept.chain(abilities).copied().collect();
    MemberTerms {
        display_name: display_name
            .clone()
            .or_else(|| old.map(|it| it.display_name.clone()))
            .unwrap_or_default(),
        abilities: all.into_iter().collect(),
        ml_abilities: ml_abilities
            .clone()
            .or_else(|| old.map(|it| it.ml_abilities.clone()))
            .unwrap_or_default(),
        payment: payment.or(old.map(|it| it.payment)).unwrap_or_default(),
    }
}

fn differences(old: &MemberTerms, new: &MemberTerms) -> BTreeSet<ChangeType> {
    use ChangeType as Type;
    let mut types = BTreeSet::new();
    let mut compare = |before: bool, after: bool, granted, revoked| {
        if before != after {
            types.insert(if after { granted } else { revoked });
        }
    };
    let may = |terms: &MemberTerms, ability| terms.may(ability);
    let receive = MemberAbility::CanReceiveResults;
    compare(
        may(old, receive),
        may(new, receive),
        Type::GrantReceiveResultsAbility,
        Type::RevokeReceiveResultsAbility,
    );
    let export = MemberAbility::CanExportQueryAnalysisLog;
    compare(
        may(old, export),
        may(new, export),
        Type::GrantExportQueryAnalysisLogAbility,
        Type::RevokeExportQueryAnalysisLogAbility,
    );
    let model = |terms: &MemberTerms, ability| terms.ml_abilities.contains(&ability);
    let output = MlAbility::CanReceiveModelOutput;
    compare(
        model(old, output),
        model(new, output),
        Type::GrantCanReceiveModelOutput,
        Type::RevokeCanReceiveModelOutput,
    );
    let inference = MlAbility::CanReceiveInferenceOutput;
    compare(
        model(old, inference),
        model(new, inference),
        Type::GrantCanReceiveInferenceOutput,
        Type::RevokeCanReceiveInferenceOutput,
    );
    if old.payment != new.payment {
        let more = |it: Payment, than: Payment| {
            let Payment {
                query_compute,
                job_compute,
                model_training,
                model_inference,
                synthetic_data,
            } = it;
            (query_compute && !than.query_compute)
                || (job_compute && !than.job_compute)
                || (model_training && !than.model_training)
                || (model_inference && !than.model_inference)
                || (synthetic_data && !than.synthetic_data)
        };
        if more(new.payment, old.payment) {
            types.insert(Type::AddPayerCandidate);
        }
        if more(old.payment, new.payment) {
            types.insert(Type::RemovePayerCandidate);
        }
    }
    types
}

/// What must hold of a collaboration whatever changes: somebody receives results, and the runner
/// pays while nobody else does.
fn check_whole(members: &[Member], changes: &[Change]) -> Result<(), RoomError> {
    let change_of = |member: &Member| {
        changes.iter().find_map(|it| match &it.specification {
            ChangeSpecification::Member(wanted) if wanted.account == member.account => Some(wanted),
            ChangeSpecification::Member(_) | ChangeSpecification::AutoApproved(_) => None,
        })
    };
    let there = members.iter().filter(|it| it.status.takes_part());
    let mut after: Vec<MemberTerms> = there
        .map(|it| change_of(it).map_or_else(|| it.terms.clone(), |wanted| terms(wanted, Some(it))))
        .collect();
    let known = |wanted: &MemberChange| members.iter().any(|it| it.account == wanted.account);
    after.extend(changes.iter().filter_map(|it| match &it.specification {
        ChangeSpecification::Member(wanted) if !known(wanted) => Some(terms(wanted, None)),
        ChangeSpecification::Member(_) | ChangeSpecification::AutoApproved(_) => None,
    }));
    if !after.iter().any(|it| it.may(MemberAbility::CanReceiveResults)) {
        return Err(RoomError::invalid("at least one member must have CAN_RECEIVE_RESULTS"));
    }
    if !after.iter().any(|it| it.payment.query_compute) {
        return Err(RoomError::invalid("at least one member must pay for queries"));
    }
    Ok(())
}
