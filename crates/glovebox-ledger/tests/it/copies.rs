//! Copies as a member takes them: whole, in pages, redacted, and tampered with.

use glovebox_ledger::{
    Broken, Entry, Event, Export, ExportedEntry, Head, Nonce, Opening, ReleasedObject, SigningKey,
    Tree, TreeName, at_most, verify,
};
use glovebox_model::{AccountId, Id, QueryStatus, Timestamp};
use proptest::prelude::*;

fn runner() -> AccountId {
    "111111111111".parse().unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[9; 32])
}

fn name() -> TreeName {
    TreeName::Collaboration(Id::from_random([1; 16]))
}

fn opening(label: &str, value: &str, salt: u8) -> Opening {
    Opening::new(label, value, Nonce::from_random([salt; 32]))
}

/// Two queries: one delivered, one refused.
fn history() -> Vec<(Event, Vec<Opening>)> {
    let (first, second) = (Id::from_random([2; 16]), Id::from_random([3; 16]));
    let text = opening("text", "SELECT sum(x) FROM \"t\"", 1);
    let other = opening("text", "SELECT * FROM t", 2);
    let plan = opening("plan", "00ff", 3);
    let content = opening("content", "abcd", 4);
    let report = opening("report", "[]", 5);
    vec![
        (
            Event::QuerySubmitted {
                query: first,
                runner: runner(),
                key: "GBIA7777777777777777".parse().unwrap(),
                text: text.commitment(),
            },
            vec![text],
        ),
        (
            Event::QuerySubmitted {
                query: second,
                runner: runner(),
                key: "GBIA7777777777777777".parse().unwrap(),
                text: other.commitment(),
            },
            vec![other],
        ),
        (
            Event::Opened {
                query: first,
                runner: runner(),
                key: "GBIA7777777777777777".parse().unwrap(),
                plan: plan.commitment(),
                rules: vec![],
                tables: vec!["t".into()],
                receivers: vec![runner()],
                charge: None,
            },
            vec![plan],
        ),
        (
            Event::Refused {
                query: second,
                codes: vec!["GB0101".into()],
                report: report.commitment(),
            },
            vec![report],
        ),
        (
            Event::Released {
                query: first,
                objects: vec![ReleasedObject {
                    receiver: runner(),
                    content: content.commitment(),
                    at_most_bytes: at_most(17),
                }],
            },
            vec![content],
        ),
        (
            Event::Closed {
                query: first,
                status: QueryStatus::Success,
                inputs: None,
                delivered: vec![],
            },
            vec![],
        ),
    ]
}

fn export(events: Vec<(Event, Vec<Opening>)>, from: u64) -> Export {
    let entries: Vec<(Entry, Vec<Opening>)> = (0..)
        .zip(events)
        .map(|(n, (event, openings))| (Entry::new(Timestamp::from_millis(n), event), openings))
        .collect();
    let tree = Tree::from_leaves(entries.iter().map(|(entry, _)| entry.leaf()).collect());
    let size = tree.size();
    let entries = (0..)
        .zip(entries)
        .skip(from as usize)
        .map(|(index, (entry, openings))| ExportedEntry {
            index,
            entry: entry.canonical(),
            openings,
            inclusion: tree.inclusion(index, size).unwrap(),
        })
        .collect();
    let head = Head::sign(name(), size, tree.root(), Timestamp::from_millis(size as i64), &key());
    Export { head, from, entries, consistency: tree.consistency(from, size).unwrap() }
}

fn head_at(size: usize) -> Head {
    export(history().into_iter().take(size).collect(), 0).head
}

#[test]
fn a_whole_copy_verifies_against_every_earlier_head() {
    let copy = Export::parse(&export(history(), 0).to_json()).unwrap();
    for size in 0..=6 {
        let report = verify(&copy, Some(&head_at(size))).unwrap();
        assert_eq!((report.entries, report.openings, report.queries.ended), (6, 5, 2));
    }
}

#[test]
fn the_end_of_a_tree_verifies_against_the_head_where_it_begins() {
    for from in 0..=6 {
        let end = export(history(), from);
        verify(&end, Some(&head_at(from as usize))).unwrap();
    }
    let end = export(history(), 4);
    assert_eq!(verify(&end, Some(&head_at(2))), Err(Broken::Incomparable { earlier: 2 }));
    let mut unproved = export(history(), 4);
    unproved.entries[0].inclusion.clear();
    assert_eq!(verify(&unproved, None), Err(Broken::Inclusion(4)));
}

#[test]
fn a_redacted_copy_still_verifies() {
    let mut copy = export(history(), 0);
    for entry in &mut copy.entries {
        entry.openings.clear();
    }
    assert_eq!(verify(&copy, None).unwrap().openings, 0);
    assert!(!copy.to_json().contains("SELECT"));
}

#[test]
fn a_false_opening_is_broken() {
    let mut copy = export(history(), 0);
    copy.entries[0].openings[0].value = "SELECT 2".into();
    assert_eq!(verify(&copy, None), Err(Broken::Opening(0)));
}

#[test]
fn pages_join_to_a_whole_copy() {
    let mut first = export(history().into_iter().take(4).collect(), 0);
    first.entries.truncate(3);
    let whole = first.clone().join(export(history(), 3)).unwrap();
    assert_eq!(verify(&whole, Some(&head_at(4))).unwrap().entries, 6);
    assert_eq!(first.join(export(history(), 4)), None);
}

#[test]
fn a_tree_that_lost_its_end_or_was_signed_anew_is_broken() {
    let short = export(history().into_iter().take(3).collect(), 0);
    assert_eq!(verify(&short, Some(&head_at(5))), Err(Broken::Shrunk { earlier: 5, now: 3 }));
    let mut events = history();
    events.swap(0, 1);
    let forked = export(events, 0);
    assert_eq!(verify(&forked, Some(&head_at(1))), Err(Broken::Rewritten { earlier: 1 }));
    let tree = Tree::default();
    let root = tree.root();
    let foreign = Head::sign(name(), 0, root, Timestamp::from_millis(0), &key());
    assert!(verify(&forked, Some(&foreign)).is_ok());
    let other = SigningKey::from_seed(&[8; 32]);
    let foreign = Head::sign(name(), 0, root, Timestamp::from_millis(0), &other);
    assert_eq!(verify(&forked, Some(&foreign)), Err(Broken::OtherKey));
    let foreign = Head::sign(TreeName::Account(runner()), 0, root, foreign_time(), &key());
    assert_eq!(verify(&forked, Some(&foreign)), Err(Broken::OtherTree));
}

fn foreign_time() -> Timestamp {
    Timestamp::from_millis(0)
}

#[test]
fn a_result_without_an_opening_entry_is_out_of_order() {
    let mut events = history();
    events.remove(2);
    assert!(matches!(verify(&export(events, 0), None), Err(Broken::Order(3, _))));
    let mut events = history();
    let twice = events[5].clone();
    events.push(twice);
    assert!(matches!(verify(&export(events, 0), None), Err(Broken::Order(6, _))));
    let mut events = history();
    events.remove(4);
    assert!(matches!(verify(&export(events, 0), None), Err(Broken::Order(4, _))));
}

#[test]
fn what_is_charged_later_is_charged_once_between_opening_and_release() {
    let charged = |events: &[(Event, Vec<Opening>)]| {
        let (Event::Opened { query, .. }, _) = &events[2] else { panic!("opened") };
        let opening = Opening::new("charge", "{}", Nonce::from_random([9; 32]));
        (Event::Charged { query: *query, charge: opening.commitment() }, vec![opening])
    };
    for (places, broken) in
        [(vec![3], None), (vec![3, 3], Some(4)), (vec![2], Some(2)), (vec![6], Some(6))]
    {
        let mut events = history();
        for place in places {
            let charged = charged(&history());
            events.insert(place, charged);
        }
        match (verify(&export(events, 0), None), broken) {
            (Ok(report), None) => assert_eq!(report.openings, 6),
            (Err(Broken::Order(place, _)), Some(expected)) => assert_eq!(place, expected),
            (found, _) => panic!("{found:?}"),
        }
    }
}

#[test]
fn an_entry_has_one_spelling() {
    let text = Entry::new(Timestamp::from_millis(1), history()[0].0.clone()).canonical();
    assert!(Entry::parse(&text).is_ok());
    for other in [
        text.replace(":", ": "),
        text.replace("\"v\":1", "\"v\":2"),
        text.replace("\"v\":1", "\"v\":1,\"w\":1"),
        text.replace("querySubmitted", "queryForgotten"),
        format!("{text} "),
    ] {
        assert_ne!(other, text);
        assert!(Entry::parse(&other).is_err(), "{other}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Any changed byte of a whole copy makes it unreadable, broken, or says exactly the same.
    #[test]
    fn any_changed_byte_breaks(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let copy = export(history(), 0);
        let mut bytes = copy.to_json().into_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        let Some(changed) = Export::parse(&text) else { return Ok(()) };
        // Proofs for consistency are not used by a whole copy; JSON has several spellings.
        let same = Export { consistency: vec![], ..changed.clone() }
            == Export { consistency: vec![], ..copy };
        prop_assert!(same || verify(&changed, None).is_err());
    }
}

#[test]
fn a_result_is_given_to_nobody_whom_the_opening_entry_does_not_name() {
    let stranger: AccountId = "999999999999".parse().unwrap();
    let to = |given: Vec<AccountId>, ends: QueryStatus| {
        let mut events = history();
        let (Event::Closed { delivered, status, .. }, _) = &mut events[5] else { panic!("closed") };
        (*delivered, *status) = (given, ends);
        verify(&export(events, 0), None)
    };
    assert!(to(vec![runner()], QueryStatus::Success).is_ok());
    for (given, ends) in [
        (vec![stranger], QueryStatus::Success),
        (vec![runner(), stranger], QueryStatus::Success),
        (vec![runner()], QueryStatus::Failed),
    ] {
        assert!(matches!(to(given, ends), Err(Broken::Order(5, _))));
    }
    let mut events = history();
    let (Event::Released { objects, .. }, _) = &mut events[4] else { panic!("released") };
    objects[0].receiver = stranger;
    assert!(matches!(verify(&export(events, 0), None), Err(Broken::Order(4, _))));
}
