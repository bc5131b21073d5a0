//! What can happen to a query, in which house, and by whose hands.

use glovebox_model::{
    Association, Collaboration, ConfiguredTable, Id, Membership, PageRequest, Query,
};
use glovebox_room::{Caller, NewTemplate, Offer, Room, RoomError, StartQuery};

use crate::road::budgets::PRIVATE;
use crate::road::{QUERY, Road};
use crate::world::{AGGREGATION, answer, template};

/// Something that happens to a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happens {
    AccountDisabled,
    AssociationDeleted,
    BudgetDeleted,
    Cancelled,
    CollaborationDeleted,
    CreatorLeaves,
    KeyDisabled,
    OwnerDisabled,
    OwnerLeaves,
    OwnerRemoved,
    PayerDisabled,
    PayerLeaves,
    PayerRemoved,
    ReceiverDisabled,
    ReceiverLeaves,
    ReceiverRemoved,
    RuleDeleted,
    RunnerLeaves,
    RunnerRemoved,
    TableDeleted,
    TemplateDeleted,
}

/// Each with its name in AWS's words, or those of the command line.
pub(super) const ALL: [(Happens, &str); 21] = [
    (Happens::Cancelled, "UpdateProtectedQuery CANCELLED"),
    (Happens::CollaborationDeleted, "DeleteCollaboration"),
    (Happens::RunnerRemoved, "DeleteMember, of the runner"),
    (Happens::RunnerLeaves, "DeleteMembership, by the runner"),
    (Happens::CreatorLeaves, "DeleteMembership, by the creator, who owns the table"),
    (Happens::OwnerRemoved, "DeleteMember, of the owner of the table"),
    (Happens::OwnerLeaves, "DeleteMembership, by the owner of the table"),
    (Happens::PayerRemoved, "DeleteMember, of the payer"),
    (Happens::PayerLeaves, "DeleteMembership, by the payer"),
    (Happens::ReceiverRemoved, "DeleteMember, of one receiver"),
    (Happens::ReceiverLeaves, "DeleteMembership, by one receiver"),
    (Happens::TableDeleted, "DeleteConfiguredTable"),
    (Happens::AssociationDeleted, "DeleteConfiguredTableAssociation"),
    (Happens::RuleDeleted, "DeleteConfiguredTableAnalysisRule"),
    (Happens::TemplateDeleted, "DeleteAnalysisTemplate, of the template that it runs"),
    (Happens::BudgetDeleted, "DeletePrivacyBudgetTemplate, of the budget that it draws on"),
    (Happens::KeyDisabled, "`key disable`, of the key that started it"),
    (Happens::AccountDisabled, "`account disable`, of the runner"),
    (Happens::OwnerDisabled, "`account disable`, of the owner of the table"),
    (Happens::PayerDisabled, "`account disable`, of the payer"),
    (Happens::ReceiverDisabled, "`account disable`, of one receiver"),
];

impl Happens {
    /// Whether it happens to a private query.
    pub(super) fn is_private(self) -> bool {
        self == Self::BudgetDeleted
    }

    /// Whether it happens where the creator neither owns the table nor pays, and nor does the
    /// runner.
    fn is_apart(self) -> bool {
        matches!(
            self,
            Self::OwnerDisabled
                | Self::OwnerLeaves
                | Self::OwnerRemoved
                | Self::PayerDisabled
                | Self::PayerLeaves
                | Self::PayerRemoved
        )
    }

    /// The point of its own walk at which the query stands as another does at `point`: the result
    /// of a private query is released when it is told.
    pub(super) fn point(self, point: &'static str) -> &'static str {
        if self.is_private() && point == "keep:after" { "tell:after" } else { point }
    }
}

/// A house in which it can happen, and the query that it happens to.
pub(super) async fn house(what: Happens) -> (Road, StartQuery) {
    if what.is_apart() {
        let road = Road::several_apart().await;
        let start = road.to_all();
        return (road, start);
    }
    let mut road = Road::several().await;
    let mut start = road.to_all();
    if what.is_private() {
        road = road.with_private_table().await;
        road.offer(Offer::Privacy { epsilon: 10, users_noise: 30 }).await;
        start.query_string = Some(PRIVATE.into());
    }
    if what == Happens::TemplateDeleted {
        start.query_string = None;
        start.analysis_template_arn = Some(analysis_template(&road).await);
    }
    (road, start)
}

/// The same question as a template of the maker: its ARN.
async fn analysis_template(road: &Road) -> String {
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let new = template(road.maker, "totals");
    let new = NewTemplate { text: QUERY.into(), parameters: vec![], ..new };
    let made = room.create_analysis_template(maker, new).await.unwrap().template;
    format!(
        "arn:aws:cleanrooms:us-east-1:{}:membership/{}/analysistemplate/{}",
        maker.account, road.maker, made.id
    )
}

/// What everybody does here, apart from the road: it happens while a walk holds that.
#[derive(Clone)]
pub(super) struct Hands {
    room: Room,
    airline: Caller,
    club: Caller,
    creator: Caller,
    guest: Caller,
    maker: Caller,
    collaboration: Id<Collaboration>,
    /// Of the airline, the club, the guest and the maker.
    memberships: [Id<Membership>; 4],
    table: Id<ConfiguredTable>,
    association: Id<Association>,
    query: Id<Query>,
}

impl Hands {
    pub(super) async fn of(road: &Road, query: Id<Query>) -> Self {
        let caller = |name| road.world.caller(name).clone();
        let (room, maker) = (road.world.room.clone(), caller("maker"));
        let page = PageRequest::first();
        let brought = room.list_configured_table_associations(&maker, road.maker, page).await;
        let association = brought.unwrap().items[0].association.id;
        let (club, guest, place) = (caller("club"), caller("guest"), road.collaboration);
        let mut tx = room.store().read().await.unwrap();
        let clubs = tx.membership_in(place, club.account).await.unwrap().unwrap().id;
        let guests = tx.membership_in(place, guest.account).await.unwrap().unwrap().id;
        let made = tx.collaboration(place).await.unwrap().unwrap();
        drop(tx);
        let mut creators = ["maker", "stranger"].into_iter().map(caller);
        Self {
            creator: creators.find(|it| it.account == made.creator).unwrap(),
            room,
            airline: caller("airline"),
            club,
            guest,
            maker,
            collaboration: place,
            memberships: [road.airline, clubs, guests, road.maker],
            table: road.table,
            association,
            query,
        }
    }

    pub(super) async fn happen(&self, what: Happens) -> String {
        let Self { room, airline, club, guest, maker, table, .. } = self;
        let [airlines, clubs, guests, makers] = self.memberships;
        match what {
            Happens::AccountDisabled => self.disable(airline).await,
            Happens::OwnerDisabled => self.disable(maker).await,
            Happens::PayerDisabled => self.disable(guest).await,
            Happens::ReceiverDisabled => self.disable(club).await,
            Happens::KeyDisabled => {
                room.store().disable_key(&airline.access_key_id).await.unwrap();
                "done".into()
            }
            Happens::AssociationDeleted => said(
                &room.delete_configured_table_association(maker, makers, self.association).await,
            ),
            Happens::BudgetDeleted => {
                let page = PageRequest::first();
                let offered = room.list_privacy_budget_templates(maker, makers, page).await;
                let budget = offered.unwrap().items[0].template.id;
                said(&room.delete_privacy_budget_template(maker, makers, budget).await)
            }
            Happens::Cancelled => {
                said(&room.cancel_protected_query(airline, airlines, self.query).await)
            }
            Happens::CollaborationDeleted => {
                said(&room.delete_collaboration(&self.creator, self.collaboration).await)
            }
            Happens::CreatorLeaves | Happens::OwnerLeaves => {
                said(&room.delete_membership(maker, makers).await)
            }
            Happens::PayerLeaves => said(&room.delete_membership(guest, guests).await),
            Happens::ReceiverLeaves => said(&room.delete_membership(club, clubs).await),
            Happens::RunnerLeaves => said(&room.delete_membership(airline, airlines).await),
            Happens::OwnerRemoved => self.remove(maker).await,
            Happens::PayerRemoved => self.remove(guest).await,
            Happens::ReceiverRemoved => self.remove(club).await,
            Happens::RunnerRemoved => self.remove(airline).await,
            Happens::RuleDeleted => {
                said(&room.delete_configured_table_analysis_rule(maker, *table, AGGREGATION).await)
            }
            Happens::TableDeleted => said(&room.delete_configured_table(maker, *table).await),
            Happens::TemplateDeleted => {
                let page = PageRequest::first();
                let listed = room.list_analysis_templates(maker, makers, page).await;
                let id = listed.unwrap().items[0].template.id;
                said(&room.delete_analysis_template(maker, makers, id).await)
            }
        }
    }

    async fn disable(&self, whom: &Caller) -> String {
        self.room.store().disable_account(whom.account).await.unwrap();
        "done".into()
    }

    async fn remove(&self, whom: &Caller) -> String {
        said(&self.room.delete_member(&self.creator, self.collaboration, whom.account).await)
    }
}

/// What whoever did it was answered.
pub(super) fn said<T>(result: &Result<T, RoomError>) -> String {
    match answer(result).as_str() {
        "yes" => "done".into(),
        other => other.into(),
    }
}
