//! Privacy budgets: what may be offered, what freezes, what is left.

use glovebox_model::{
    AccessPeriod, Accountant, AutoRefresh, BudgetTerms, Collaboration, ConfiguredTable, Declared,
    Extension, Id, Membership, PageRequest, PrivacyBudgetType, PrivacyTerms, RuleKind,
};
use glovebox_room::{
    BudgetState, BudgetTemplateView, NewAccessLimit, NewBudgetTemplate, NewTable, NotReady, Offer,
    OfferUpdate, PrivacyValidation, Quotas, RoomError,
};

use crate::world::{
    World, access_limit, answer, association, budget, column, flights, private, template,
};

const PRIVACY: PrivacyBudgetType = PrivacyBudgetType::DifferentialPrivacy;
const ACCESS: PrivacyBudgetType = PrivacyBudgetType::AccessBudget;

/// A house in which `a` owns tables and `b` asks.
struct House {
    world: World,
    place: Id<Collaboration>,
    membership: Id<Membership>,
    receiver: Id<Membership>,
}

impl House {
    async fn new() -> Self {
        Self::with(Quotas::default()).await
    }

    async fn with(quotas: Quotas) -> Self {
        let world = World::with_quotas(&["a", "b"], quotas).await;
        let place = world.collaborate("a", "b", &[]).await;
        let membership = world.join("a", place).await;
        let receiver = world.join("b", place).await;
        Self { world, place, membership, receiver }
    }

    /// A table with differential privacy of `a`.
    async fn private_table(&self) -> Id<ConfiguredTable> {
        let (caller, room) = (self.world.caller("a"), &self.world.room);
        let columns = ["tailnum", "carrier", "delay"].map(column).to_vec();
        let new = NewTable { allowed_columns: columns, ..flights() };
        let table = room.create_configured_table(caller, new).await.unwrap().table.id;
        let rule = private(self.world.account("b"));
        let made =
            room.create_configured_table_analysis_rule(caller, table, RuleKind::Custom, rule);
        made.await.unwrap();
        table
    }

    async fn declare(&self, table: Id<ConfiguredTable>, declared: Declared) -> String {
        let extension = Extension { declared, ..Extension::default() };
        answer(&self.world.room.put_extension(self.world.caller("a"), table, extension).await)
    }

    async fn offer(&self, new: NewBudgetTemplate) -> Result<BudgetTemplateView, RoomError> {
        self.world.room.create_privacy_budget_template(self.world.caller("a"), new).await
    }

    async fn privacy(&self) -> Result<BudgetTemplateView, RoomError> {
        let offer = Offer::Privacy { epsilon: 3, users_noise: 30 };
        self.offer(budget(self.membership, offer)).await
    }

    async fn update(
        &self,
        made: &BudgetTemplateView,
        kind: PrivacyBudgetType,
        update: OfferUpdate,
    ) -> Result<BudgetTemplateView, RoomError> {
        let (room, caller, id) = (&self.world.room, self.world.caller("a"), made.template.id);
        let change = (kind, Some(update));
        room.update_privacy_budget_template(caller, self.membership, id, change).await
    }
}

fn terms(view: &BudgetTemplateView) -> PrivacyTerms {
    match view.template.terms {
        BudgetTerms::Privacy(terms) => terms,
        BudgetTerms::Access(_) => panic!("of privacy loss"),
    }
}

fn faults<T: std::fmt::Debug>(result: Result<T, RoomError>) -> Vec<String> {
    match result.unwrap_err() {
        RoomError::Validation { fields, .. } => fields.into_iter().map(|it| it.name).collect(),
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_budget_freezes_what_the_tables_declare() {
    let house = House::new().await;
    let unknown = terms(&house.privacy().await.unwrap());
    assert_eq!(unknown.accountant, Accountant::Zcdp);
    assert_eq!(unknown.auto_refresh, AutoRefresh::None);
    assert_eq!(unknown.delta_atto, 1_000_000_000_000, "10^-6");

    let house = House::new().await;
    let table = house.private_table().await;
    let declared = Declared {
        accountant: Accountant::Pure,
        declared_users: Some(1_000_000),
        ..Declared::default()
    };
    assert_eq!(house.declare(table, declared.clone()).await, "yes");
    let other = house.private_table().await;
    let refused = house.privacy().await.unwrap_err().to_string();
    assert!(refused.contains("different accountants"), "{refused}");
    assert_eq!(house.declare(other, declared.clone()).await, "yes");
    let made = house.privacy().await.unwrap();
    let frozen = terms(&made);
    assert_eq!(frozen.accountant, Accountant::Pure);
    assert_eq!(frozen.delta_atto, 100_000_000_000, "a tenth of one over the users");

    // A table that adds up otherwise cannot join, nor can one that is there change.
    let world = &house.world;
    assert_eq!(house.declare(other, Declared::default()).await, "yes", "it is in no room yet");
    let joining = association(house.membership, other, "others");
    let joined = world.room.create_configured_table_association(world.caller("a"), joining).await;
    assert_eq!(answer(&joined), "INVALID_STATE");
    world.associate("a", house.membership, table, "flights").await.unwrap();
    assert_eq!(house.declare(table, Declared::default()).await, "INVALID_STATE");
    assert_eq!(house.declare(table, declared).await, "yes");
}

#[tokio::test]
async fn what_cannot_be_offered_is_refused_and_changes_nothing() {
    let house = House::new().await;
    let (room, caller) = (&house.world.room, house.world.caller("a"));
    for (epsilon, users_noise, field) in
        [(0, 30, "epsilon"), (21, 30, "epsilon"), (3, 9, "usersNoisePerQuery")]
    {
        let new = budget(house.membership, Offer::Privacy { epsilon, users_noise });
        let named = format!("parameters.differentialPrivacy.{field}");
        assert_eq!(faults(house.offer(new).await), [named]);
    }
    let table = house.world.configure("a").await;
    let brought = house.world.associate("a", house.membership, table, "flights").await.unwrap();
    let limit = access_limit();
    let for_ever = NewAccessLimit { period: AccessPeriod::Lifetime, ..limit };
    let monthly = NewAccessLimit { period: AccessPeriod::CalendarMonth, ..limit };
    let path = "parameters.accessBudget.budgetParameters";
    for (limits, field) in [
        (vec![], path.to_owned()),
        (vec![limit, monthly], format!("{path}[1].type")),
        (vec![for_ever, for_ever], format!("{path}[1].type")),
        (vec![NewAccessLimit { budget: 1_000_001, ..limit }], format!("{path}[0].budget")),
        (
            vec![NewAccessLimit { auto_refresh: Some(true), ..for_ever }],
            format!("{path}[0].autoRefresh"),
        ),
    ] {
        let new = budget(house.membership, Offer::Access(brought.id, limits));
        assert_eq!(faults(house.offer(new).await), [field]);
    }
    let listed = room.list_privacy_budget_templates(caller, house.membership, PageRequest::first());
    assert_eq!(listed.await.unwrap().items, []);
    // Who receives results protects nothing from itself.
    let new = budget(house.receiver, Offer::Privacy { epsilon: 3, users_noise: 30 });
    let made = room.create_privacy_budget_template(house.world.caller("b"), new).await;
    assert_eq!(answer(&made), "INVALID_CONFIGURATION");
    // One of each, and the second deletion is quiet.
    let made = house.privacy().await.unwrap();
    assert_eq!(answer(&house.privacy().await), "ALREADY_EXISTS");
    let leaving = room.delete_membership(house.world.caller("a"), house.membership).await;
    assert_ne!(answer(&leaving), "yes");
    for _ in 0..2 {
        let id = made.template.id;
        room.delete_privacy_budget_template(caller, house.membership, id).await.unwrap();
    }
    let again = house.privacy().await.unwrap();
    assert_ne!(again.template.id, made.template.id);
}

#[tokio::test]
async fn a_budget_is_updated_within_its_kind_and_keeps_how_it_renews() {
    let house = House::new().await;
    let new = NewBudgetTemplate {
        auto_refresh: Some(AutoRefresh::CalendarMonth),
        ..budget(house.membership, Offer::Privacy { epsilon: 3, users_noise: 30 })
    };
    let made = house.offer(new).await.unwrap();
    let privacy = |epsilon, users_noise| OfferUpdate::Privacy { epsilon, users_noise };
    let raised = house.update(&made, PRIVACY, privacy(Some(10), None)).await.unwrap();
    assert_eq!(terms(&raised), PrivacyTerms { epsilon: 10, ..terms(&made) });
    assert!(raised.template.version > made.template.version);
    let noisier = house.update(&made, PRIVACY, privacy(None, Some(60))).await.unwrap();
    assert_eq!(terms(&noisier), PrivacyTerms { users_noise: 60, ..terms(&raised) });
    // Nothing was spent: it may be lowered.
    let lowered = house.update(&made, PRIVACY, privacy(Some(1), None)).await.unwrap();
    assert_eq!(terms(&lowered).epsilon, 1);
    assert_eq!(terms(&lowered).auto_refresh, AutoRefresh::CalendarMonth);
    let wrong = house.update(&made, ACCESS, privacy(Some(2), None)).await;
    assert_eq!(faults(wrong), ["privacyBudgetType"]);
    let limits = OfferUpdate::Access(vec![access_limit()]);
    assert_eq!(faults(house.update(&made, PRIVACY, limits).await), ["parameters"]);
    let outside = house.update(&made, PRIVACY, privacy(Some(21), Some(101))).await;
    assert_eq!(faults(outside).len(), 2);
}

#[tokio::test]
async fn a_private_table_is_ready_once_there_is_a_budget() {
    let house = House::new().await;
    let (room, world) = (&house.world.room, &house.world);
    let table = house.private_table().await;
    let brought = world.associate("a", house.membership, table, "flights").await.unwrap();
    let caller = world.caller("b");
    let schema = room.get_schema(caller, house.place, &brought.name).await.unwrap();
    let missing = NotReady::DifferentialPrivacyPolicyNotConfigured;
    assert!(schema.readiness.is_private && schema.readiness.direct.contains(&missing));
    let made = house.privacy().await.unwrap();
    let schema = room.get_schema(caller, house.place, &brought.name).await.unwrap();
    assert!(schema.readiness.is_private && schema.readiness.direct.is_empty());
    // A template over it says that it is judged for differential privacy, another says nothing.
    let author = world.caller("b");
    let over = room.create_analysis_template(author, template(house.receiver, "t")).await.unwrap();
    let Some(PrivacyValidation::Invalid(reasons)) = over.privacy else { panic!("no bounds") };
    assert!(reasons[0].starts_with("GB0") && reasons[0].contains("delay"), "{reasons:?}");
    let bounds = glovebox_model::Bounds { low: 0.into(), high: 600.into() };
    let bounds = [(column("delay"), bounds)].into();
    assert_eq!(house.declare(table, Declared { bounds, ..Declared::default() }).await, "yes");
    let (author, id) = (world.caller("b"), over.template.id);
    let seen = room.get_analysis_template(author, house.receiver, id).await.unwrap();
    assert_eq!(seen.privacy, Some(PrivacyValidation::Valid), "judged when it is looked at");
    let mut other = template(house.receiver, "u");
    other.text = other.text.replace("flights", "planes");
    let other = room.create_analysis_template(author, other).await.unwrap();
    assert_eq!(other.privacy, None);
    let offered = made.template.id;
    room.delete_privacy_budget_template(world.caller("a"), house.membership, offered)
        .await
        .unwrap();
    let seen = room.get_analysis_template(author, house.receiver, id).await.unwrap();
    let Some(PrivacyValidation::UnableToValidate(reasons)) = seen.privacy else { panic!("budget") };
    assert!(reasons[0].starts_with("GB0430"), "{reasons:?}");
    let schema = room.get_schema(caller, house.place, &brought.name).await.unwrap();
    assert!(schema.readiness.direct.contains(&missing));
}

#[tokio::test]
async fn declarations_fit_the_table_and_its_rule() {
    let house = House::new().await;
    let table = house.private_table().await;
    let (room, caller) = (&house.world.room, house.world.caller("a"));
    let bounds = glovebox_model::Bounds { low: 0.into(), high: 1.into() };
    let keys = vec!["AA".to_owned()];
    let bounded =
        |name| Declared { bounds: [(column(name), bounds)].into(), ..Declared::default() };
    let public = |name| Declared {
        public_keys: [(column(name), keys.clone())].into(),
        ..Declared::default()
    };
    assert_eq!(house.declare(table, bounded("delay")).await, "yes");
    assert_eq!(house.declare(table, public("carrier")).await, "yes");
    for (declared, field) in [
        (bounded("nobody"), "privacy.bounds.nobody"),
        (bounded("carrier"), "privacy.bounds.carrier"),
        (public("nobody"), "privacy.publicKeys.nobody"),
        (public("delay"), "privacy.publicKeys.delay"),
        (public("tailnum"), "privacy.publicKeys.tailnum"),
        (Declared { max_groups_per_user: 0, ..Declared::default() }, "privacy.maxGroupsPerUser"),
    ] {
        let extension = Extension { declared, ..Extension::default() };
        assert_eq!(faults(room.put_extension(caller, table, extension).await), [field]);
    }
    let open = Extension { public_for_privacy: true, ..Extension::default() };
    let refused = room.put_extension(caller, table, open.clone()).await;
    assert_eq!(faults(refused), ["publicForPrivacy"]);
    // The other way round: first public, then private.
    let other = house.world.configure("a").await;
    room.put_extension(caller, other, open).await.unwrap();
    let rule = private(house.world.account("b"));
    let made = room.create_configured_table_analysis_rule(caller, other, RuleKind::Custom, rule);
    assert_eq!(answer(&made.await), "FIELD_VALIDATION_FAILED");
}

#[tokio::test]
async fn budgets_say_what_is_left() {
    let quotas = Quotas { access_budgets_per_collaboration: 1, ..Quotas::default() };
    let house = House::with(quotas).await;
    let (room, world) = (&house.world.room, &house.world);
    house.privacy().await.unwrap();
    let table = world.configure("a").await;
    let brought = world.associate("a", house.membership, table, "flights").await.unwrap();
    let limits = vec![
        access_limit(),
        NewAccessLimit { period: AccessPeriod::Lifetime, budget: 3, auto_refresh: None },
    ];
    let made = house.offer(budget(house.membership, Offer::Access(brought.id, limits))).await;
    let other = world.associate("a", house.membership, table, "others").await.unwrap().id;
    let second = house.offer(budget(house.membership, Offer::Access(other, vec![access_limit()])));
    assert_eq!(answer(&second.await), "Access budget templates per collaboration: 1");
    let page = PageRequest::first;
    let seen = room
        .list_collaboration_privacy_budgets(world.caller("b"), house.place, (PRIVACY, None), page())
        .await
        .unwrap();
    let [shown] = seen.items.as_slice() else { panic!("one budget") };
    let BudgetState::Privacy(affordable) = &shown.state else { panic!("of privacy loss") };
    assert_eq!(affordable.len(), 5);
    assert!(affordable.iter().all(|it| it.maximum == it.remaining && it.maximum > 0));
    let preview = room.preview_privacy_impact(world.caller("a"), house.membership, (3, 30)).await;
    assert_eq!(&preview.unwrap(), affordable, "a preview of the same");
    let filter = (ACCESS, Some(brought.id));
    let seen = room
        .list_privacy_budgets(world.caller("a"), house.membership, filter, page())
        .await
        .unwrap();
    let [shown] = seen.items.as_slice() else { panic!("one budget") };
    assert_eq!(shown.template, made.unwrap().template);
    let BudgetState::Access(limits) = &shown.state else { panic!("of queries") };
    assert_eq!(limits.iter().map(|it| it.left).collect::<Vec<_>>(), [5, 3]);
    assert!(limits[0].window.until.is_some() && limits[1].window.until.is_none());
    // A table that leaves takes its budget with it.
    let caller = world.caller("a");
    room.delete_configured_table_association(caller, house.membership, brought.id).await.unwrap();
    let seen = room.list_privacy_budgets(caller, house.membership, (ACCESS, None), page()).await;
    assert_eq!(seen.unwrap().items, []);
}
