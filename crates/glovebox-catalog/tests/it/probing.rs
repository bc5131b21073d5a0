//! Tests of connections: what their owner is told, step by step.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use glovebox_catalog::{
    Egress, Held, Probed, Step, Stop, TableLocation, Unavailable, assume_role, probe,
};
use glovebox_model::{AwsService, Place};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::remote::at;
use crate::store::{keys, objects, serve};
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

const ROLE: &str = "arn:aws:iam::123456789012:role/reader";

/// What a role comes to when STS answers with this code.
async fn assumed(code: &str) -> Unavailable {
    let said = format!("<Type>Sender</Type><Code>{code}</Code><Message>hush</Message>");
    let body = format!("<ErrorResponse><Error>{said}</Error></ErrorResponse>");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = move || std::future::ready((StatusCode::FORBIDDEN, body.clone()));
    let app = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let egress = Egress::new(vec![address.to_string().parse().unwrap()], b"").unwrap();
    let endpoint = Some(format!("http://{address}"));
    let service = AwsService { region: "us-east-1".into(), endpoint };
    let operator = Held::new(keys("hush"));
    assume_role((&operator, &egress), &service, (ROLE, "e", "glovebox")).await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_does_not_trust_is_told_from_an_operator_without_good_credentials() {
    let untrusted = assumed("AccessDenied").await;
    assert_eq!(untrusted, Unavailable::Untrusted { role: ROLE.into() });
    let expired = assumed("ExpiredToken").await;
    assert_eq!(expired, Unavailable::Operator("they have expired"));
    for code in ["InvalidClientTokenId", "SignatureDoesNotMatch"] {
        assert_eq!(assumed(code).await, Unavailable::Operator("AWS does not know them"));
    }
    let objects = objects("127.0.0.1:1".parse().unwrap(), "");
    let service = AwsService { region: "us-east-1".into(), endpoint: None };
    let workgroup = "primary".to_owned();
    for place in [
        Place::Files(objects.clone()),
        Place::Delta(objects.clone()),
        Place::Athena { service, workgroup, results: objects },
    ] {
        let mend = |why: &Unavailable| {
            let probed = Probed::Fails(why.clone());
            Step::new("credentials", "a role", probed, &place).mend.unwrap()
        };
        assert!(mend(&untrusted).contains("trust policy"), "{place:?}");
        assert!(mend(&expired).contains("operator"), "{place:?}");
        assert!(![&untrusted, &expired].iter().any(|it| mend(it).contains("s3:")), "{place:?}");
    }
}
