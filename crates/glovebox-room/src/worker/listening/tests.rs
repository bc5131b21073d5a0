//! What a walk may say of what it begins, and what it is not believed.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use glovebox_catalog::Notebook as _;
use glovebox_model::{Connection, Id, Leftover, Query};
use glovebox_store::leftover_to_text;
use tokio::sync::mpsc;

use super::super::fixture::{House, TOKEN, athena, execution, files, house, upload};
use super::super::lines::{Said, Told};
use super::super::notes::Notes;
use super::{Listening, OPEN};

fn query() -> Id<Query> {
    Id::from_random([9; 16])
}

fn begins(number: u64, connection: &Connection, what: &Leftover) -> String {
    let (connection, what) = (connection.id.to_string(), leftover_to_text(what).unwrap());
    Said::Begins { number, connection, what }.to_line().unwrap()
}

fn known(number: u64, what: &Leftover) -> String {
    Said::Known { number, what: leftover_to_text(what).unwrap() }.to_line().unwrap()
}

/// What a walk is answered that says this and ends: the numbers, and whether they were noted.
async fn answers(house: &House, uses: &[Connection], text: String) -> Vec<(u64, bool)> {
    let (sender, mut answers) = mpsc::channel(1000);
    let listening = Listening::new(house.store.clone(), query(), uses.to_vec());
    listening.listen(text.as_bytes(), sender).await;
    let mut found = Vec::new();
    while let Some(line) = answers.recv().await {
        found.push(match Told::parse(&line).unwrap() {
            Told::Noted { number } => (number, true),
            Told::Refused { number } => (number, false),
            Told::Proofs(_) | Told::Stop => panic!("{}", *line),
        });
    }
    found
}

#[tokio::test]
async fn what_begins_is_written_down_named_and_struck() {
    let house = house().await;
    let (to, from) =
        (house.connection("to", files()).await, house.connection("of", athena()).await);
    let text = [
        begins(1, &from, &execution(TOKEN, None)),
        begins(2, &to, &upload("bucket", "out/q/a.csv")),
        begins(3, &to, &upload("bucket", "out/q/b.csv")),
        known(1, &execution(TOKEN, Some("0-1"))),
        Said::Gone { number: 2 }.to_line().unwrap(),
        Said::Gone { number: 2 }.to_line().unwrap(),
    ];
    let found = answers(&house, &[to, from], text.concat()).await;
    assert_eq!(found, [(1, true), (2, true), (3, true)]);
    let mut left: Vec<Leftover> = house.left().await.into_iter().map(|it| it.what).collect();
    left.sort_by_key(|it| it.key().to_owned());
    assert_eq!(left, [execution(TOKEN, Some("0-1")), upload("bucket", "out/q/b.csv")]);
}

#[tokio::test]
async fn a_walk_is_not_believed_about_what_its_query_does_not_use() {
    let house = house().await;
    let (to, from) =
        (house.connection("to", files()).await, house.connection("of", athena()).await);
    let other = house.connection("other", files()).await;
    let good = upload("bucket", "out/q/a.csv");
    let lies = [
        begins(1, &other, &good),
        begins(2, &to, &upload("another", "out/q/a.csv")),
        begins(3, &to, &upload("bucket", "data/q/a.csv")),
        begins(4, &to, &upload("bucket", "out/../data/a.csv")),
        begins(5, &from, &good),
        begins(6, &to, &execution(TOKEN, None)),
        begins(7, &from, &execution("reports", None)),
        begins(8, &from, &execution(TOKEN, Some("../x"))),
    ];
    let found = answers(&house, &[to.clone(), from.clone()], lies.concat()).await;
    assert_eq!(found, (1..=8).map(|it| (it, false)).collect::<Vec<_>>());
    assert_eq!(house.left().await, []);
    // What was said to begin becomes nothing else, and is named once.
    let place = TOKEN.replace('0', "f");
    let text = [
        begins(1, &from, &execution(TOKEN, None)),
        begins(1, &from, &execution(&place, None)),
        begins(2, &to, &good),
        known(1, &execution(&place, Some("0-1"))),
        known(1, &execution(TOKEN, Some("/"))),
        known(1, &good),
        known(2, &upload("bucket", "out/q/b.csv")),
        known(7, &good),
        known(1, &execution(TOKEN, Some("0-1"))),
        known(1, &execution(TOKEN, Some("0-2"))),
    ];
    let found = answers(&house, &[to, from], text.concat()).await;
    assert_eq!(found, [(1, true), (1, false), (2, true)]);
    let mut left: Vec<Leftover> = house.left().await.into_iter().map(|it| it.what).collect();
    left.sort_by_key(|it| it.key().to_owned());
    assert_eq!(left, [execution(TOKEN, Some("0-1")), good]);
}

#[tokio::test]
async fn a_walk_begins_so_many_things_at_a_time_and_says_nothing_long() {
    let house = house().await;
    let to = house.connection("to", files()).await;
    let what = upload("bucket", "out/q/a.csv");
    let most = OPEN as u64;
    let mut text: String = (0..=most).map(|it| begins(it, &to, &what)).collect();
    text += &Said::Gone { number: 0 }.to_line().unwrap();
    text += &begins(most + 1, &to, &what);
    let found = answers(&house, std::slice::from_ref(&to), text).await;
    let refused: Vec<u64> = found.iter().filter(|it| !it.1).map(|it| it.0).collect();
    assert_eq!((found.len() as u64, refused), (most + 2, vec![most]));
    for bad in ["{}\n", "\n", "nonsense\n", &" ".repeat(20_000), "[1]"] {
        let text = format!("{bad}{}", begins(1, &to, &what));
        assert_eq!(answers(&house, std::slice::from_ref(&to), text).await, [], "{bad}");
    }
}

#[tokio::test]
async fn a_walk_goes_on_when_the_house_has_written_and_not_when_it_refuses() {
    let house = house().await;
    let to = house.connection("to", files()).await;
    let (ours, theirs) = UnixStream::pair().unwrap();
    let notes = Arc::new(Notes::new(Box::new(ours)));
    let what = upload("bucket", "out/q/a.csv");
    let (one, written) = notes.note(to.id, &what);
    let (two, refused) = notes.note(to.id, &what);
    notes.strike(one);
    notes.answered(two, false);
    assert!(refused.await.is_err());
    notes.answered(one, true);
    assert!(written.await.is_ok());
    let mut lines = BufReader::new(theirs.try_clone().unwrap()).lines();
    let expected = [begins(one, &to, &what), begins(two, &to, &what)];
    for line in expected {
        assert_eq!(lines.next().unwrap().unwrap() + "\n", line);
    }
    assert_eq!(
        Said::parse(lines.next().unwrap().unwrap().as_bytes()),
        Some(Said::Gone { number: one })
    );
    // A house that listens no more has written nothing.
    drop((lines, theirs));
    assert!(notes.note(to.id, &what).1.await.is_err());
}
