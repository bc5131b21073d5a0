//! The real binary, killed while private queries run: what was charged stays charged, what was
//! released is released once, and the budget is never overdrawn.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use glovebox_model::{
    AnalysisMethod, ColumnName, Id, PageRequest, PrivacyBudgetType, Query, QueryStatus, RuleKind,
    TableName, TableReference, WrittenCustom, WrittenRule,
};
use glovebox_room::{
    BudgetState, NewAssociation, NewBudgetTemplate, NewTable, NewTableSource, Offer,
};

use crate::house::{House, many_flights};

/// Queries that are not the same, so that none is answered by what another released.
fn text(number: usize) -> String {
    format!("SELECT COUNT(DISTINCT tailnum) AS planes FROM fleet WHERE delay >= {number}")
}

/// A table of aircraft with differential privacy, and a budget for four counts.
async fn with_fleet(house: &House, rows: &str) {
    let (room, maker) = (&house.room, &house.maker);
    let folder = room.account_folder(maker.account).join("tables/shop");
    fs::write(folder.join("fleet.csv"), rows).unwrap();
    let column = |name: &str| ColumnName::new(name).unwrap();
    let new = NewTable {
        name: "fleet".into(),
        description: None,
        source: NewTableSource::Known(TableReference::glue("shop", "fleet")),
        allowed_columns: ["tailnum", "carrier", "delay"].map(column).to_vec(),
        method: AnalysisMethod::DirectQuery,
        selected_methods: vec![],
        tags: BTreeMap::new(),
    };
    let table = room.create_configured_table(maker, new).await.unwrap().table.id;
    let rule = WrittenRule::Custom(WrittenCustom {
        allowed_analyses: vec!["ANY_QUERY".into()],
        allowed_analysis_providers: Some(vec![house.airline.account]),
        differential_privacy: Some(vec![column("tailnum")]),
        ..WrittenCustom::default()
    });
    room.create_configured_table_analysis_rule(maker, table, RuleKind::Custom, rule).await.unwrap();
    let page = PageRequest::first();
    let own = room.list_memberships(maker, None, page).await.unwrap();
    let membership = own.items[0].membership.id;
    let new = NewAssociation {
        membership,
        table,
        name: TableName::new("fleet").unwrap(),
        description: None,
        role_arn: "arn:aws:iam::222222222222:role/reader".into(),
        tags: BTreeMap::new(),
    };
    room.create_configured_table_association(maker, new).await.unwrap();
    let offer = Offer::Privacy { epsilon: 1, users_noise: 10 };
    let new = NewBudgetTemplate { membership, auto_refresh: None, offer, tags: BTreeMap::new() };
    room.create_privacy_budget_template(maker, new).await.unwrap();
}

/// How many counts of aircraft the budget affords in all, and how many now.
async fn affords(house: &House) -> (u64, u64) {
    let (kind, page) = (PrivacyBudgetType::DifferentialPrivacy, PageRequest::first());
    let place = house.collaboration;
    let seen =
        house.room.list_collaboration_privacy_budgets(&house.airline, place, (kind, None), page);
    let seen = seen.await.unwrap();
    let [shown] = seen.items.as_slice() else { panic!("one budget") };
    let BudgetState::Privacy(all) = &shown.state else { panic!("of privacy loss") };
    let counts = all.iter().find(|it| format!("{:?}", it.aggregation) == "CountDistinct").unwrap();
    (counts.maximum, counts.remaining)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_a_private_query_leaves_its_charge_and_nothing_else() {
    let house = House::new().await;
    with_fleet(&house, &many_flights()).await;
    let (most, _) = affords(&house).await;
    let mut first = house.serve();
    let query = house.submit_text(&text(0)).await;
    house.until(query, |it| it == QueryStatus::Started).await;
    assert_eq!(affords(&house).await, (most, most - 1), "charged before anything is read");
    first.kill().await.unwrap();
    assert_eq!(house.result(query), None);

    let second = house.serve();
    assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Failed);
    assert_eq!(house.result(query), None, "what was lost is not drawn anew");
    assert_eq!(affords(&house).await, (most, most - 1), "no refund");
    drop(second);
    let queries = house.ledger_holds().await.queries;
    assert_eq!((queries.ended, queries.open), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn private_queries_killed_at_any_moment_are_released_once_and_never_overdraw() {
    let house = House::new().await;
    let rows: String = (0..60).map(|n| format!("N{n},UA,{}\n", 100 + n)).collect();
    with_fleet(&house, &format!("tailnum,carrier,delay\n{rows}")).await;
    let (most, _) = affords(&house).await;
    let mut queries: Vec<Id<Query>> = Vec::new();
    let mut early: BTreeMap<Id<Query>, String> = BTreeMap::new();
    for millis in [40, 150, 260, 370, 480, 590, 90, 320] {
        let mut server = house.serve();
        queries.push(house.submit_text(&text(queries.len())).await);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        server.kill().await.unwrap();
        for query in &queries {
            // An object is whole from the moment it is there.
            let Some(bytes) = house.result(*query) else { continue };
            let known = early.entry(*query).or_insert_with(|| bytes.clone());
            assert_eq!(*known, bytes, "two answers");
        }
    }
    let server = house.serve();
    let mut released = 0;
    for query in &queries {
        let status = house.until(*query, QueryStatus::is_final).await;
        let result = house.result(*query);
        assert_eq!(result.is_some(), status == QueryStatus::Success, "{status}");
        released += u64::from(result.is_some());
        if let Some(known) = early.get(query) {
            assert_eq!(Some(known), result.as_ref(), "two answers");
        }
    }
    let (_, left) = affords(&house).await;
    assert!(released <= most - left, "{released} released of {most}, {left} left");
    // To the last of it, and no further.
    let mut more = 0;
    loop {
        let last = house.submit_text(&text(queries.len())).await;
        queries.push(last);
        if house.until(last, QueryStatus::is_final).await != QueryStatus::Success {
            break;
        }
        more += 1;
    }
    assert_eq!((more, affords(&house).await), (left, (most, 0)));
    drop(server);
    let counted = house.ledger_holds().await.queries;
    assert_eq!((counted.ended, counted.open), (queries.len() as u64, 0));
}
