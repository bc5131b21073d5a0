//! The one place that says yes: who may do what to which thing.
//!
//! Unknown and foreign things give the same answer, so that nobody learns what exists.

use std::future::Future;

use glovebox_model::{
    AccessKeyId, AccountId, Arn, Association, Collaboration, ConfiguredTable, Connection, Id,
    Member, MemberAbility, MemberStatus, Membership, MembershipStatus, Resource,
};
use glovebox_store::Tx;

use crate::{Action, Caller, ResourceKind, Room, RoomError, Scope};

/// Proof that this caller may do this now, with the things it may do it to, as they stood in
/// the transaction. It opens one use-case in that transaction and is good for nothing else.
#[derive(Debug)]
pub(crate) struct Authorized<A> {
    /// Who.
    pub(crate) account: AccountId,
    /// With which key.
    pub(crate) access_key_id: AccessKeyId,
    /// To what.
    pub(crate) resource: A,
    /// Nobody outside this file can make one.
    _seal: Seal,
}

#[derive(Debug)]
struct Seal;

/// What a scope grants access to.
pub(crate) trait Granted: Sized {
    /// What the caller names.
    type Named: Send;
    /// The scopes that grant it.
    const SCOPES: &'static [Scope];

    /// The thing, if this account may have it under this scope.
    fn grant(
        tx: &mut Tx,
        account: AccountId,
        scope: Scope,
        named: Self::Named,
    ) -> impl Future<Output = Result<Self, RoomError>> + Send;
}

impl Room {
    /// Says whether this caller may do this to the thing it names, in this transaction.
    pub(crate) async fn authorize<A: Granted>(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        action: Action,
        named: A::Named,
    ) -> Result<Authorized<A>, RoomError> {
        let Caller { account, access_key_id, claims: _ } = caller;
        let scope = action.scope();
        let role = tx.key_role(*account, access_key_id).await?;
        if !A::SCOPES.contains(&scope) || role.is_none() {
            return Err(RoomError::access_denied());
        }
        if role < Some(action.needs()) {
            return Err(RoomError::key_denied(action.needs()));
        }
        tx.act_by(access_key_id);
        let resource = A::grant(tx, *account, scope, named).await?;
        let access_key_id = access_key_id.clone();
        Ok(Authorized { account: *account, access_key_id, resource, _seal: Seal })
    }
}

/// Nothing in particular: the caller's own things.
#[derive(Debug)]
pub(crate) struct Own;

impl Granted for Own {
    type Named = ();
    const SCOPES: &'static [Scope] = &[Scope::Anyone];

    async fn grant(_: &mut Tx, _: AccountId, _: Scope, (): ()) -> Result<Self, RoomError> {
        Ok(Self)
    }
}

/// A collaboration and the caller's place in it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) collaboration: Collaboration,
    pub(crate) member: Member,
}

impl Granted for Place {
    type Named = Id<Collaboration>;
    const SCOPES: &'static [Scope] =
        &[Scope::Participant, Scope::ActiveMember, Scope::Invitee, Scope::Creator];

    async fn grant(
        tx: &mut Tx,
        account: AccountId,
        scope: Scope,
        named: Id<Collaboration>,
    ) -> Result<Self, RoomError> {
        let denied = RoomError::access_denied;
        let collaboration = tx.collaboration(named).await?.ok_or_else(denied)?;
        let member = tx.member(named, account).await?.ok_or_else(denied)?;
        let allowed = match scope {
            Scope::Participant | Scope::Invitee => member.status.takes_part(),
            Scope::ActiveMember => member.status == MemberStatus::Active,
            Scope::Creator => collaboration.creator == account,
            Scope::Anyone
            | Scope::ConnectionOwner
            | Scope::OwnMembership
            | Scope::ResourceOwner
            | Scope::Runner
            | Scope::TableOwner => false,
        };
        if collaboration.deleted || !allowed {
            return Err(denied());
        }
        Ok(Self { collaboration, member })
    }
}

/// The caller's own membership, with the collaboration and its place there.
#[derive(Debug)]
pub(crate) struct OwnMembership {
    pub(crate) membership: Membership,
    pub(crate) collaboration: Collaboration,
    pub(crate) member: Member,
}

impl Granted for OwnMembership {
    type Named = Id<Membership>;
    const SCOPES: &'static [Scope] = &[Scope::OwnMembership, Scope::Runner];

    async fn grant(
        tx: &mut Tx,
        account: AccountId,
        scope: Scope,
        named: Id<Membership>,
    ) -> Result<Self, RoomError> {
        let missing = || RoomError::not_found(ResourceKind::Membership, named);
        let membership = tx.membership(named).await?.ok_or_else(missing)?;
        if membership.account != account || membership.status == MembershipStatus::Left {
            return Err(missing());
        }
        let collaboration = tx.collaboration(membership.collaboration).await?;
        let collaboration = collaboration.ok_or_else(missing)?;
        let member = tx.member(membership.collaboration, account).await?.ok_or_else(missing)?;
        let runner = membership.status == MembershipStatus::Active
            && member.terms.may(MemberAbility::CanQuery);
        if scope == Scope::Runner && !runner {
            return Err(RoomError::access_denied());
        }
        Ok(Self { membership, collaboration, member })
    }
}

/// The caller's own configured table.
#[derive(Debug)]
pub(crate) struct OwnTable {
    pub(crate) table: ConfiguredTable,
}

impl Granted for OwnTable {
    type Named = Id<ConfiguredTable>;
    const SCOPES: &'static [Scope] = &[Scope::TableOwner, Scope::OwnMembership];

    async fn grant(
        tx: &mut Tx,
        account: AccountId,
        _: Scope,
        named: Id<ConfiguredTable>,
    ) -> Result<Self, RoomError> {
        let missing = || RoomError::not_found(ResourceKind::ConfiguredTable, named);
        let table = tx.table(named).await?.ok_or_else(missing)?;
        if table.owner == account { Ok(Self { table }) } else { Err(missing()) }
    }
}

/// The caller's own connection.
#[derive(Debug)]
pub(crate) struct OwnConnection(pub(crate) Connection);

impl Granted for OwnConnection {
    type Named = Id<Connection>;
    const SCOPES: &'static [Scope] = &[Scope::ConnectionOwner];

    async fn grant(
        tx: &mut Tx,
        account: AccountId,
        _: Scope,
        named: Id<Connection>,
    ) -> Result<Self, RoomError> {
        let found = tx.connection_of_id(named).await?.filter(|it| it.account == account);
        found.map(Self).ok_or_else(|| RoomError::not_found(ResourceKind::Connection, named))
    }
}

/// The caller's own table in some collaboration.
#[derive(Debug)]
pub(crate) struct OwnAssociation(pub(crate) Association);

impl Granted for OwnAssociation {
    type Named = Id<Association>;
    const SCOPES: &'static [Scope] = &[Scope::TableOwner];

    async fn grant(
        tx: &mut Tx,
        account: AccountId,
        _: Scope,
        named: Id<Association>,
    ) -> Result<Self, RoomError> {
        let found = tx.association(named).await?.filter(|it| it.account == account);
        let kind = ResourceKind::ConfiguredTableAssociation;
        found.map(Self).ok_or_else(|| RoomError::not_found(kind, named))
    }
}

/// A thing with an ARN that the caller owns.
#[derive(Debug)]
pub(crate) struct OwnResource(pub(crate) Resource);

impl Granted for OwnResource {
    type Named = Arn;
    const SCOPES: &'static [Scope] = &[Scope::ResourceOwner];

    async fn grant(
        tx: &mut Tx,
        account: AccountId,
        _: Scope,
        named: Arn,
    ) -> Result<Self, RoomError> {
        let (kind, owner) = match named.resource {
            Resource::Collaboration(id) => {
                let found = tx.collaboration(id).await?.filter(|it| !it.deleted);
                (ResourceKind::Collaboration, found.map(|it| it.creator))
            }
            Resource::Membership(id) => {
                let found = tx.membership(id).await?;
                let found = found.filter(|it| it.status != MembershipStatus::Left);
                (ResourceKind::Membership, found.map(|it| it.account))
            }
            Resource::ConfiguredTable(id) => {
                (ResourceKind::ConfiguredTable, tx.table(id).await?.map(|it| it.owner))
            }
            Resource::Association(membership, id) => {
                let found = tx.association(id).await?;
                let found = found.filter(|it| it.membership == membership);
                (ResourceKind::ConfiguredTableAssociation, found.map(|it| it.account))
            }
            Resource::BudgetTemplate(id) => {
                let found = tx.budget_template(id).await?;
                (ResourceKind::PrivacyBudgetTemplate, found.map(|it| it.account))
            }
            Resource::Template(membership, id) => {
                let found = tx.template(id).await?;
                let found = found.filter(|it| it.membership == membership);
                (ResourceKind::AnalysisTemplate, found.map(|it| it.author))
            }
        };
        if owner == Some(account) && named.account == account {
            Ok(Self(named.resource))
        } else {
            Err(RoomError::not_found(kind, named))
        }
    }
}
