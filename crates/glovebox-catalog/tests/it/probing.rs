//! Tests of connections: what their owner is told, step by step.

use std::sync::Arc;

use glovebox_catalog::{Probed, Step, Stop, TableLocation, Unavailable, probe};
use tempfile::TempDir;

use crate::remote::at;
use crate::store::{keys, serve};
use crate::tables::probed;
use crate::trouble::{Trouble, counted};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_only_takes_results_shows_its_credentials_too() {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("bucket")).unwrap();
    let address = serve(root.path()).await;
    let says = async |secret| {
        let TableLocation::Connected(mut connected) = at(address, keys(secret)) else {
            unreachable!()
        };
        let mut reach = (*connected.reach).clone();
        reach.connection.databases.clear();
        connected.reach = Arc::new(reach);
        probed(&TableLocation::Connected(connected)).await
    };
    let good = says("hush").await;
    assert!(good[0].starts_with("reach: Works"), "{good:?}");
    assert_eq!(good[1], r#"credentials: Works("the root can be listed")"#);
    let wrong = says("wrong").await;
    assert!(wrong[1].starts_with("credentials: Fails(Denied"), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_is_told_to_stop_says_what_it_saw_and_what_did_not_answer() {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("bucket")).unwrap();
    let server = serve(root.path()).await;
    let (silent, mut met) = counted(server, Trouble::SilentAfter(1)).await;
    let TableLocation::Connected(connected) = at(silent, keys("hush")) else { unreachable!() };
    let mut reach = (*connected.reach).clone();
    reach.connection.databases = vec!["db".into(), "other".into()];
    let stop = Stop::default();
    let (reach, theirs) = (Arc::new(reach), stop.clone());
    let probing = tokio::task::spawn_blocking(move || probe(&reach, None, &theirs));
    // The address has answered; the listing never will.
    met.wait_for(|it| *it >= 2).await.unwrap();
    stop.stop();
    let steps = probing.await.unwrap();
    let late = |it: &Probed| {
        matches!(it, Probed::Fails(Unavailable::Unreachable { path, what })
            if path == "db" && *what == "it did not answer in time")
    };
    assert!(matches!(steps[0].probed, Probed::Works(_)), "{steps:?}");
    assert!(steps[1].name == "catalog" && late(&steps[1].probed), "{steps:?}");
    let skipped = |it: &Step| matches!(it.probed, Probed::Skipped(_));
    assert!(steps.len() == 4 && steps[2..].iter().all(skipped), "{steps:?}");
}
