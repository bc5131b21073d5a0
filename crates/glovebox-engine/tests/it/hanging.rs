//! Sources and stores that hang: a query that is cancelled, late or forgotten waits for none.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::{Connected, Egress, Reach, Stop, TableLocation};
use glovebox_engine::{Cause, Engine, Input, Limits, UndeliveredCause};
use glovebox_model::{
    Connection, Credentials, ObjectProtocol, ObjectRoot, Objects, Place, ResultFormat, Secrets,
    TableName, Timestamp,
};
use glovebox_privacy::{SecureDraw, release};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::house::{
    AUDIENCE, BRAND, BUCKET, BY_REGION, House, ORDERS, SELLER, destination, house, kept, key,
    limits, uncancelled,
};

/// How many connections a server has, and has had.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Seen {
    come: usize,
    gone: usize,
}

/// A server that never answers.
async fn silent() -> (SocketAddr, watch::Receiver<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, watching) = watch::channel(Seen::default());
    let seen = Arc::new(seen);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let seen = Arc::clone(&seen);
            seen.send_modify(|it| it.come += 1);
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while socket.read(&mut bytes).await.is_ok_and(|it| it > 0) {}
                seen.send_modify(|it| it.gone += 1);
            });
        }
    });
    (address, watching)
}

/// A store of the brand's there.
fn store(address: SocketAddr) -> Arc<Reach> {
    let objects = Objects {
        protocol: ObjectProtocol::S3,
        region: "us-east-1".into(),
        endpoint: Some(format!("http://{address}")),
        roots: vec![ObjectRoot { bucket: BUCKET.into(), prefix: "out".into() }],
        encryption: None,
    };
    let credentials = Credentials::Anonymous;
    let connection = Connection {
        id: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        account: BRAND.parse().unwrap(),
        name: "reader".into(),
        databases: vec!["db".into()],
        place: Place::Files(objects),
        method: credentials.method(),
        has_catalog_token: false,
        created: Timestamp::from_millis(0),
        updated: Timestamp::from_millis(0),
        version: 1,
    };
    let egress = Egress::new(vec![address.to_string().parse().unwrap()], b"").unwrap();
    Arc::new(Reach::new(connection, Secrets { credentials, catalog_token: None }, egress))
}

/// A server that lists one file of `audience`, and never gives it.
async fn listing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listed = "<?xml version=\"1.0\"?><ListBucketResult><Name>results</Name><Prefix></Prefix>\
        <KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents>\
        <Key>out/db/audience/1.csv</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>\
        <ETag>&quot;1&quot;</ETag><Size>60</Size></Contents></ListBucketResult>";
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut head, mut bytes) = (String::new(), [0; 4096]);
                while !head.contains("\r\n\r\n") {
                    let read = socket.read(&mut bytes).await.unwrap_or(0);
                    if read == 0 {
                        return;
                    }
                    head.push_str(&String::from_utf8_lossy(&bytes[..read]));
                }
                let (status, body) = if head.starts_with("HEAD ") {
                    ("404 Not Found", "")
                } else if head.contains("list-type=2") {
                    ("200 OK", listed)
                } else {
                    return std::future::pending().await;
                };
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\n\
                     content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
                drop(socket.write_all(answer.as_bytes()).await);
            });
        }
    });
    address
}

/// A table there, beside one that can be listed.
fn inputs(house: &House, address: SocketAddr) -> Vec<Input> {
    let (reach, database, table) = (store(address), "db".into(), "t".into());
    let location = TableLocation::Connected(Connected { reach, database, table });
    let mut inputs = house.inputs();
    inputs.push(Input { table: TableName::new("t").unwrap(), location, columns: Vec::new() });
    inputs
}

async fn all_gone(mut watching: watch::Receiver<Seen>) {
    watching.wait_for(|it| it.come > 0 && it.come == it.gone).await.unwrap();
}

#[tokio::test]
async fn a_listing_that_hangs_ends_when_the_query_is_cancelled() {
    let (house, (address, mut watching)) = (house(ORDERS, AUDIENCE), silent().await);
    let (engine, inputs) = (house.engine(), inputs(&house, address));
    let (canceller, cancel) = uncancelled();
    let asked = async {
        watching.wait_for(|it| it.come > 0).await.unwrap();
        canceller.cancel();
    };
    let limits = limits();
    let (pinned, ()) = tokio::join!(engine.pin(&inputs, &limits, &cancel), asked);
    assert!(pinned.unwrap_err().is_cancelled());
    all_gone(watching).await;
}

#[tokio::test]
async fn a_listing_that_hangs_ends_with_the_time_of_the_query() {
    let (house, (address, watching)) = (house(ORDERS, AUDIENCE), silent().await);
    let (engine, inputs) = (house.engine(), inputs(&house, address));
    let (_canceller, cancel) = uncancelled();
    let limits = Limits { wall: Duration::from_millis(500), ..limits() };
    let failed = engine.pin(&inputs, &limits, &cancel).await.unwrap_err();
    assert!(failed.is_timed_out(), "{:?}", failed.cause);
    assert!(matches!(failed.cause, Cause::Time { rows_met: false }));
    all_gone(watching).await;
}

#[tokio::test]
async fn a_listing_that_nobody_waits_for_ends() {
    let (house, (address, mut watching)) = (house(ORDERS, AUDIENCE), silent().await);
    let (engine, inputs) = (house.engine(), inputs(&house, address));
    let (_canceller, cancel) = uncancelled();
    let limits = limits();
    tokio::select! {
        pinned = engine.pin(&inputs, &limits, &cancel) => panic!("{pinned:?}"),
        seen = watching.wait_for(|it| it.come > 0) => drop(seen.unwrap()),
    }
    all_gone(watching).await;
}

#[tokio::test]
async fn a_listing_that_ends_is_that_of_all_tables() {
    let house = house(ORDERS, AUDIENCE);
    let (_canceller, cancel) = uncancelled();
    let engine = house.engine();
    let first = engine.pin(&house.inputs(), &limits(), &cancel).await.unwrap();
    let fewer = engine.pin(&house.inputs()[..1], &limits(), &cancel).await.unwrap();
    assert_ne!(first.digest(), fewer.digest());
}

#[tokio::test]
async fn a_store_that_hangs_does_not_hold_up_a_delivery_for_ever() {
    let (mut house, (address, watching)) = (house(ORDERS, AUDIENCE), silent().await);
    house.config.delivery = Duration::from_millis(500);
    let executed = house.execute(BY_REGION).await.unwrap();
    let released = release(executed, &mut SecureDraw::new().unwrap()).unwrap();
    let to = vec![destination(BRAND, ResultFormat::Csv)];
    let encoded = house.encode(released, to).await.unwrap();
    let engine: Engine = house.engine();
    let undelivered = engine.deliver(kept(encoded), &key(), &[store(address)]).await.unwrap_err();
    assert!(matches!(undelivered.cause, UndeliveredCause::Late), "{:?}", undelivered.cause);
    assert_eq!(undelivered.receiver, Some(BRAND.parse().unwrap()));
    all_gone(watching).await;
}

#[tokio::test]
async fn a_delivery_ends_when_the_house_does_and_may_be_taken_up_again() {
    let (house, (address, mut watching)) = (house(ORDERS, AUDIENCE), silent().await);
    let executed = house.execute(BY_REGION).await.unwrap();
    let released = release(executed, &mut SecureDraw::new().unwrap()).unwrap();
    let to = vec![destination(BRAND, ResultFormat::Csv)];
    let encoded = house.encode(released, to).await.unwrap();
    let (engine, key, halt): (Engine, _, _) = (house.engine(), key(), Stop::default());
    let stores = [store(address)];
    let delivering = engine.deliver_until(kept(encoded), &key, &stores, &halt);
    let told = async {
        drop(watching.wait_for(|it| it.come > 0).await.unwrap());
        halt.stop();
    };
    let (undelivered, ()) = tokio::join!(delivering, told);
    let undelivered = undelivered.unwrap_err();
    assert!(matches!(undelivered.cause, UndeliveredCause::Interrupted), "{:?}", undelivered.cause);
    all_gone(watching).await;
    let again = engine.deliver_until(undelivered.kept, &key, &stores, &halt).await.unwrap_err();
    assert!(matches!(again.cause, UndeliveredCause::Interrupted), "{:?}", again.cause);
}

#[tokio::test]
async fn the_owner_of_the_table_that_failed_is_told_and_not_whoever_was_waited_for() {
    let (house, address) = (house(ORDERS, AUDIENCE), listing().await);
    let mut inputs = house.inputs();
    let reserved = house.reserved_by_default(BY_REGION);
    std::fs::write(house.table(SELLER, "orders.csv"), "person,region,amount\n\"p1").unwrap();
    let audience = inputs.iter_mut().find(|it| it.table.as_str() == "audience").unwrap();
    let (reach, database, table) = (store(address), "db".into(), "audience".into());
    audience.location = TableLocation::Connected(Connected { reach, database, table });
    let failed = house.run(reserved, inputs).await.err().unwrap();
    let (table, told) = failed.owner_detail().unwrap();
    assert_eq!((table.as_str(), told.as_str()), ("orders", "`db/orders.csv` is corrupt"));
}
