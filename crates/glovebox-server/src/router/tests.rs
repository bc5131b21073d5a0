//! The doors over a real store, with requests signed here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::body::to_bytes;
use axum::extract::ConnectInfo;
use glovebox_aws_api::sigv4::{self, Signer};
use glovebox_model::{Clock, Timestamp};
use glovebox_room::{Quotas, Room};
use glovebox_store::{MasterKey, NewAccount, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(seconds() * 1000)
    }
}

fn seconds() -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

struct World {
    house: House,
    key: String,
    secret: String,
    _folder: TempDir,
}

struct Sent {
    status: u16,
    error: String,
    request_id: String,
    body: Vec<u8>,
}

type Headers = Vec<(&'static str, String)>;

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = MasterKey::generate().unwrap();
        let store = Store::open(folder.path(), key, Arc::new(Wall)).await.unwrap();
        let new = NewAccount { id: None, name: "a".into(), tables: None };
        let (_, key, secret) = store.create_account(new).await.unwrap();
        let house = House::new(Room::new(store, Quotas::default()), "us-east-1");
        let (key, secret) = (key.to_string(), secret.reveal().to_owned());
        Self { house, key, secret, _folder: folder }
    }

    fn sign(&self, method: &str, path: &str, body: &[u8], now: i64) -> Headers {
        self.sign_to("localhost", method, path, body, now)
    }

    fn sign_to(&self, name: &str, method: &str, path: &str, body: &[u8], now: i64) -> Headers {
        let host: [(&str, &[u8]); 1] = [("host", name.as_bytes())];
        let request = sigv4::Request { method, path, query: "", headers: &host };
        let signer = Signer {
            access_key_id: &self.key,
            secret: &self.secret,
            region: "eu-x",
            door: &sigv4::API,
        };
        let mut headers = sigv4::sign(&signer, &request, body, now).unwrap();
        headers.push(("host", name.into()));
        headers
    }

    async fn send(&self, method: &str, path: &str, headers: &Headers, body: &[u8]) -> Sent {
        self.send_from(None, method, path, headers, body).await
    }

    async fn send_from(
        &self,
        peer: Option<&str>,
        method: &str,
        path: &str,
        headers: &Headers,
        body: &[u8],
    ) -> Sent {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(Body::from(body.to_vec())).unwrap();
        if let Some(peer) = peer {
            let peer: SocketAddr = peer.parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answer = enter(State(self.house.clone()), request).await;
        let (parts, body) = answer.into_parts();
        let header = |name: &str| {
            let value = parts.headers.get(name).map(|it| it.to_str().unwrap().to_owned());
            value.unwrap_or_default()
        };
        Sent {
            status: parts.status.as_u16(),
            error: header("x-amzn-errortype"),
            request_id: header("x-amzn-requestid"),
            body: to_bytes(body, 1 << 20).await.unwrap().to_vec(),
        }
    }

    async fn call(&self, method: &str, path: &str, body: &[u8]) -> Sent {
        self.send(method, path, &self.sign(method, path, body, seconds()), body).await
    }

    /// CreateCollaboration, signed at one moment for `host`, sent by `peer`, called `name`.
    async fn create(&self, (host, peer): (&str, &str), now: i64, name: Option<&str>) -> Sent {
        let body = new_room("equal");
        let mut headers = self.sign_to(host, "POST", "/collaborations", &body, now);
        headers.extend(name.map(|it| ("amz-sdk-invocation-id", it.to_owned())));
        self.send_from(Some(peer), "POST", "/collaborations", &headers, &body).await
    }

    async fn rooms(&self) -> usize {
        let listed: Value =
            serde_json::from_slice(&self.call("GET", "/collaborations", b"").await.body).unwrap();
        listed["collaborationList"].as_array().unwrap().len()
    }
}

fn new_room(name: &str) -> Vec<u8> {
    let abilities = ["CAN_QUERY", "CAN_RECEIVE_RESULTS"];
    json!({
        "name": name,
        "creatorDisplayName": "c",
        "creatorMemberAbilities": abilities,
        "members": [],
        "queryLogStatus": "DISABLED",
    })
    .to_string()
    .into_bytes()
}

#[tokio::test]
async fn every_answer_has_an_id_and_unsigned_ones_say_nothing_else() {
    let world = World::new().await;
    let health = world.send("GET", "/healthz", &Vec::new(), b"").await;
    assert_eq!((health.status, health.body.as_slice()), (200, &br#"{"status":"ok"}"#[..]));
    for (method, path) in [("GET", "/collaborations"), ("POST", "/healthz"), ("GET", "/x")] {
        let sent = world.send(method, path, &Vec::new(), b"").await;
        assert_eq!(sent.status, 403);
        assert_eq!(sent.error, "MissingAuthenticationTokenException");
        assert_eq!(sent.request_id.len(), 36);
        assert_ne!(sent.request_id, health.request_id);
    }
}

#[tokio::test]
async fn an_operation_that_is_not_built_is_named_after_the_signature_was_verified() {
    let world = World::new().await;
    let path = "/memberships/00000000-0000-4000-8000-000000000000/protectedJobs";
    let sent = world.call("GET", path, b"").await;
    assert_eq!((sent.status, sent.error.as_str()), (404, "UnknownOperationException"));
    let text = String::from_utf8(sent.body).unwrap();
    assert!(text.contains("ListProtectedJobs"), "{text}");
    let forged = World { secret: "x".into(), ..World::new().await };
    assert_eq!(forged.call("GET", path, b"").await.error, "InvalidSignatureException");
}

#[tokio::test]
async fn a_request_that_comes_again_is_carried_out_once() {
    let world = World::new().await;
    let body = new_room("once");
    let mut headers = world.sign("POST", "/collaborations", &body, seconds());
    let first = world.send("POST", "/collaborations", &headers, &body).await;
    headers.push(("amz-sdk-invocation-id", "1".into()));
    let second = world.send("POST", "/collaborations", &headers, &body).await;
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(first.body, second.body);
    assert_ne!(first.request_id, second.request_id);
    let mut retried = world.sign("POST", "/collaborations", &body, seconds() - 60);
    retried.push(("amz-sdk-invocation-id", "2".into()));
    let third = world.send("POST", "/collaborations", &retried, &body).await;
    let mut again = world.sign("POST", "/collaborations", &body, seconds() - 30);
    again.push(("amz-sdk-invocation-id", "2".into()));
    let fourth = world.send("POST", "/collaborations", &again, &body).await;
    assert_eq!(third.body, fourth.body);
    assert_ne!(first.body, third.body);
    assert_eq!(world.rooms().await, 2);
}

const WITHIN: (&str, &str) = ("localhost:8930", "127.0.0.1:50000");
const NETWORK: (&str, &str) = ("192.0.2.1:8930", "192.0.2.7:50000");
const PROXY: (&str, &str) = ("rooms.example", "127.0.0.1:50000");

#[tokio::test]
async fn equal_calls_of_one_second_are_two_where_nobody_can_listen() {
    let mut world = World::new().await;
    let now = seconds();
    for (way, tls) in [(WITHIN, false), (NETWORK, true), (PROXY, true)] {
        world.house.tls = tls;
        let before = world.rooms().await;
        let [one, other] = ["first", "second"].map(|it| format!("{it} to {}", way.0));
        let (one, other) = (Some(one.as_str()), Some(other.as_str()));
        let first = world.create(way, now, one).await;
        let second = world.create(way, now, other).await;
        assert_eq!((first.status, second.status), (200, 200));
        assert_ne!(first.body, second.body);
        // A retry is one of them all the same, with the same signature or a new one.
        assert_eq!(world.create(way, now, one).await.body, first.body);
        assert_eq!(world.create(way, now - 1, other).await.body, second.body);
        assert_eq!(world.rooms().await, before + 2, "{way:?}");
    }
}

#[tokio::test]
async fn what_was_recorded_on_an_open_way_does_not_run_again_under_another_name() {
    let mut world = World::new().await;
    let now = seconds();
    for way in [NETWORK, PROXY] {
        let before = world.rooms().await;
        let first = world.create(way, now, Some(way.0)).await;
        for name in [None, Some("second"), Some("third"), Some("")] {
            assert_eq!(world.create(way, now, name).await.body, first.body);
        }
        // Nor by a way that is closed: from within the machine, or after a restart with TLS.
        let (host, _) = way;
        for (peer, tls) in [("127.0.0.1:1", false), ("192.0.2.9:1", true), ("127.0.0.1:1", true)] {
            world.house.tls = tls;
            let again = world.create((host, peer), now, Some("fourth")).await;
            assert_eq!(again.body, first.body, "{way:?} {peer}");
        }
        world.house.tls = false;
        assert_eq!(world.rooms().await, before + 1, "{way:?}");
    }
    // A forwarded port: the name is the machine's own, the way there was not.
    let forwarded = ("localhost:8930", "192.0.2.7:50000");
    let first = world.create(forwarded, now, Some("first")).await;
    assert_eq!(world.create(WITHIN, now, Some("second")).await.body, first.body);
    assert_eq!(world.create(forwarded, now, Some("third")).await.body, first.body);
}

#[tokio::test]
async fn a_recorded_retry_does_not_run_again_without_its_name() {
    let world = World::new().await;
    let now = seconds();
    let first = world.create(NETWORK, now - 9, Some("call")).await;
    assert_eq!(world.create(NETWORK, now, Some("call")).await.body, first.body);
    for name in [None, Some("other")] {
        assert_eq!(world.create(NETWORK, now, name).await.body, first.body);
    }
    assert_eq!(world.rooms().await, 1);
}

#[tokio::test]
async fn without_a_name_equal_signatures_are_one_request_on_every_way() {
    let world = World::new().await;
    let now = seconds();
    let first = world.create(WITHIN, now, None).await;
    assert_eq!(world.create(WITHIN, now, None).await.body, first.body);
    assert_eq!(world.create(WITHIN, now, Some("named")).await.body, first.body);
    assert_eq!(world.rooms().await, 1);
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back_by_a_recorded_request() {
    let world = World::new().await;
    let now = seconds();
    let delete = async |sent: &Sent| {
        let made: Value = serde_json::from_slice(&sent.body).unwrap();
        let id = made["collaboration"]["id"].as_str().unwrap().to_owned();
        assert_eq!(world.call("DELETE", &format!("/collaborations/{id}"), b"").await.status, 204);
    };
    let made = world.create(NETWORK, now, Some("first")).await;
    delete(&made).await;
    for name in [None, Some("first"), Some("second")] {
        assert_eq!(world.create(NETWORK, now, name).await.body, made.body);
    }
    assert_eq!(world.rooms().await, 0);
    // Honest automation within the machine: create, delete, create, all in one second.
    let made = world.create(WITHIN, now, Some("third")).await;
    delete(&made).await;
    let anew = world.create(WITHIN, now, Some("fourth")).await;
    assert_ne!(made.body, anew.body);
    assert_eq!(world.create(WITHIN, now, Some("third")).await.body, made.body);
    assert_eq!(world.rooms().await, 1);
}

#[tokio::test]
async fn a_sender_who_hangs_up_gets_his_answer_when_he_comes_again() {
    let world = World::new().await;
    let body = new_room("patient");
    let headers = world.sign("POST", "/collaborations", &body, seconds());
    let sending = world.send("POST", "/collaborations", &headers, &body);
    let hung_up = tokio::time::timeout(std::time::Duration::from_millis(1), sending).await;
    let again = world.send("POST", "/collaborations", &headers, &body).await;
    assert_eq!(again.status, 200);
    if let Ok(first) = hung_up {
        assert_eq!(first.body, again.body);
    }
    assert_eq!(world.rooms().await, 1);
}

#[tokio::test]
async fn what_changed_on_the_way_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let body = new_room("signed");
    let headers = world.sign("POST", "/collaborations", &body, seconds());
    let other = world.send("POST", "/collaborations", &headers, &new_room("forged")).await;
    assert_eq!(other.error, "InvalidSignatureException");
    for shift in [-901, 901] {
        let headers = world.sign("POST", "/collaborations", &body, seconds() + shift);
        let late = world.send("POST", "/collaborations", &headers, &body).await;
        assert_eq!((late.status, late.error.as_str()), (403, "InvalidSignatureException"));
    }
    assert_eq!(world.rooms().await, 0);
}

#[tokio::test]
async fn the_native_api_speaks_the_same_errors() {
    let world = World::new().await;
    let ghost = "00000000-0000-4000-8000-000000000000";
    for (path, status, error) in [
        (format!("collaborations/{ghost}/ledger"), 403, "AccessDeniedException"),
        ("collaborations/x/ledger".to_owned(), 400, "ValidationException"),
        (format!("protectedQueries/{ghost}/deliveries"), 404, "ResourceNotFoundException"),
        (format!("protectedQueries/{ghost}/diagnostics"), 404, "ResourceNotFoundException"),
        (format!("protectedQueries/{ghost}/progress"), 404, "ResourceNotFoundException"),
        (format!("memberships/{ghost}/protectedQueries/{ghost}"), 404, "ResourceNotFoundException"),
        (format!("memberships/{ghost}/protectedQueries/x"), 400, "ValidationException"),
        (format!("memberships/{ghost}"), 404, "UnknownOperationException"),
        ("protectedQueries".to_owned(), 404, "UnknownOperationException"),
    ] {
        let sent = world.call("GET", &format!("/glovebox/v1/{path}"), b"").await;
        assert_eq!((sent.status, sent.error.as_str()), (status, error), "{path}");
    }
}

#[tokio::test]
async fn readiness_is_told_without_a_signature_and_every_answer_is_counted() {
    let world = World::new().await;
    let ask = async |path: &str| world.send("GET", path, &Vec::new(), b"").await;
    let ready = ask("/readyz").await;
    assert_eq!(ready.status, 503, "nobody has looked yet");
    let body: Value = serde_json::from_slice(&ready.body).unwrap();
    assert_eq!(body, json!({ "status": "unready", "reasons": ["not-looked"] }));
    assert!(!ready.request_id.is_empty());
    assert_eq!(ask("/healthz").await.status, 200);
    // Signed, or by another method, it is a request like any other.
    assert_eq!(world.call("GET", "/readyz", b"").await.status, 404);
    assert_eq!(world.send("POST", "/readyz", &Vec::new(), b"").await.status, 403);
    world.call("GET", "/collaborations", b"").await;
    let store = world.house.room.store();
    let (standing, pulse) = (&world.house.standing, glovebox_room::Pulse::default());
    let text = world.house.metrics.text(store, standing, &pulse).await.unwrap();
    for (operation, status, count) in [
        ("Probe", "5xx", 1),
        ("Probe", "2xx", 1),
        ("Unknown", "4xx", 1),
        ("Unsigned", "4xx", 1),
        ("ListCollaborations", "2xx", 1),
    ] {
        let labels = format!(r#"{{operation="{operation}",status="{status}"}}"#);
        let line = format!("glovebox_request_seconds_count{labels} {count}\n");
        assert!(text.contains(&line), "{line}{text}");
    }
    assert!(text.contains("glovebox_ready 0\n"), "{text}");
}
