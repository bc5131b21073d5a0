//! Against servers that do what no server should.

use std::sync::Arc;
use std::time::Duration;

use glovebox_model::{
    Column, ColumnName, ColumnType, Connection, Credentials, Place, Secret, Timestamp,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::copied::Copied;
use super::guard::MAX_ROW;
use super::kind::{Form, Stored};
use super::server::{Patience, Server};
use super::session::Session;
use super::snapshot::Moment;
use crate::table::stop::Stop;
use crate::table::{Reach, Unavailable};
use crate::{Egress, Held};

/// A server of which each connection is answered by the next of `scripts`, to its end.
async fn server<F, S>(tls: bool, mut scripts: S) -> (Server, JoinHandle<()>)
where
    F: Future<Output = ()> + Send,
    S: FnMut(TcpStream) -> F + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepting = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            scripts(socket).await;
        }
    });
    (at(port, tls), accepting)
}

fn at(port: u16, tls: bool) -> Server {
    at_host("127.0.0.1", port, tls)
}

fn at_host(host: &str, port: u16, tls: bool) -> Server {
    let credentials =
        Credentials::Password { user: "u".into(), password: Secret::new("hush".into()) };
    let place = Place::Postgresql { host: host.into(), port, database: "d".into(), tls };
    let connection = Connection {
        id: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        account: "123456789012".parse().unwrap(),
        name: "reader".into(),
        databases: vec!["s".into()],
        place,
        method: credentials.method(),
        has_catalog_token: false,
        created: Timestamp::from_millis(0),
        updated: Timestamp::from_millis(0),
        version: 1,
    };
    let egress = Egress::new(vec!["127.0.0.1".parse().unwrap()], b"").unwrap();
    let credentials = Held::new(credentials);
    let moment = Moment::default();
    let reach = Reach { connection, credentials, catalog_token: None, egress, moment };
    let mut server = Server::of(&reach).unwrap();
    let short = Duration::from_millis(300);
    server.patience = Patience { connect: short, answer: short, row: short, pause: short / 100 };
    server
}

/// A message of the server.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind][..], &length, body].concat()
}

fn error(code: &str) -> Vec<u8> {
    message(b'E', format!("SERROR\0C{code}\0Mthe value 4711\0\0").as_bytes())
}

async fn hear(socket: &mut TcpStream) {
    let mut some = [0; 4096];
    drop(socket.read(&mut some).await);
}

/// Lets whoever comes in, and answers the statement that is prepared next with a row that is
/// begun: COPY of one column.
async fn begin_copy(socket: &mut TcpStream) {
    hear(socket).await;
    let ready = message(b'Z', b"I");
    socket.write_all(&[message(b'R', &[0; 4]), ready.clone()].concat()).await.unwrap();
    hear(socket).await;
    let prepared = [message(b'1', b""), message(b't', &[0, 0]), message(b'n', b""), ready];
    socket.write_all(&prepared.concat()).await.unwrap();
    hear(socket).await;
    let begun = [message(b'2', b""), message(b'H', &[1, 0, 1, 0, 1])];
    socket.write_all(&begun.concat()).await.unwrap();
    let first = [b"PGCOPY\n\xff\r\n\0".as_slice(), &[0; 8], &[0, 1, 0, 0, 0, 1, b'x']].concat();
    socket.write_all(&message(b'd', &first)).await.unwrap();
}

/// What comes of copying one column of text.
async fn copy(server: Server) -> Result<(usize, bool), Unavailable> {
    let session = Session::start(&Arc::new(server)).await?;
    let mut rows = session.copy("COPY", "s.t").await?;
    let name = "c".to_owned();
    let column = Column { name: ColumnName::new(&name).unwrap(), kind: ColumnType::String };
    let stored = Stored { name, column, form: Form::Plain, oid: "25".into(), by_bytes: true };
    let mut copied = Copied::new(&[stored]);
    while session.fill(&mut rows, (&mut copied, 10), "s.t").await? {}
    Ok((copied.waiting().0, copied.is_complete()))
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for() {
    let (silent, _) = server(false, |socket| async move { std::mem::forget(socket) }).await;
    let answer = Session::start(&Arc::new(silent)).await.unwrap_err().to_string();
    assert!(answer.ends_with("could not be reached: it did not answer in time"), "{answer}");
    let (silent, _) = server(true, |socket| async move { std::mem::forget(socket) }).await;
    let answer = Session::start(&Arc::new(silent)).await.unwrap_err().to_string();
    assert!(answer.ends_with("TLS was not agreed on in time"), "{answer}");
}

#[tokio::test]
async fn tls_is_never_given_up() {
    for no in [b"N", b"E", b"R"] {
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let (plain, _) = server(true, move |mut socket| {
            let told = told.clone();
            async move {
                hear(&mut socket).await;
                socket.write_all(no).await.unwrap();
                // Whatever is said without TLS.
                told.send(socket.read(&mut [0; 64]).await.unwrap_or(0)).unwrap();
            }
        })
        .await;
        let answer = Session::start(&Arc::new(plain)).await.unwrap_err().to_string();
        let said = "it does not offer TLS, which the connection demands";
        assert!(answer.ends_with(said), "{answer}");
        assert_eq!(heard.recv().await, Some(0));
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_nothing_else() {
    let mut came = 0;
    let (starting, _) = server(false, move |mut socket| {
        came += 1;
        let answer = match came {
            1 => error("57P03"),
            2 => error("53300"),
            3 => Vec::new(),
            _ => [message(b'R', &[0; 4]), message(b'Z', b"I")].concat(),
        };
        async move {
            hear(&mut socket).await;
            socket.write_all(&answer).await.unwrap();
            if came > 3 {
                std::mem::forget(socket);
            }
        }
    })
    .await;
    drop(Session::start(&Arc::new(starting)).await.unwrap());

    let (refusing, _) = server(false, |mut socket| async move {
        hear(&mut socket).await;
        socket.write_all(&error("28P01")).await.unwrap();
    })
    .await;
    let refusing = Arc::new(refusing);
    let answer = Session::start(&refusing).await.unwrap_err();
    let text = "the server does not accept the user and the password";
    assert_eq!(answer, Unavailable::Unusable(text));

    let (full, _) = server(false, |mut socket| async move {
        hear(&mut socket).await;
        socket.write_all(&error("53300")).await.unwrap();
    })
    .await;
    let answer = Session::start(&Arc::new(full)).await.unwrap_err().to_string();
    assert!(answer.ends_with("its server has no connection left"), "{answer}");
}

#[tokio::test]
async fn nobody_at_the_port_is_an_error_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let answer = Session::start(&Arc::new(at(port, false))).await.unwrap_err().to_string();
    assert!(answer.ends_with("nobody answers at this address and port"), "{answer}");
}

#[tokio::test]
async fn a_row_that_is_too_large_is_refused_before_it_comes() {
    let (hostile, _) = server(false, |mut socket| async move {
        begin_copy(&mut socket).await;
        let length = u32::try_from(MAX_ROW + 1).unwrap().to_be_bytes();
        socket.write_all(&[&b"d"[..], &length].concat()).await.unwrap();
        std::mem::forget(socket);
    })
    .await;
    let answer = copy(hostile).await.unwrap_err();
    let (path, limit) = ("s.t".to_owned(), MAX_ROW as u64);
    assert_eq!(answer, Unavailable::Limit { path, what: "bytes in a row", limit });
}

#[tokio::test]
async fn an_answer_without_end_is_not_kept() {
    let (hostile, _) = server(false, |mut socket| async move {
        hear(&mut socket).await;
        let ready = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
        socket.write_all(&ready).await.unwrap();
        hear(&mut socket).await;
        let column = [&[0, 1][..], b"c\0", &[0; 18]].concat();
        socket.write_all(&message(b'T', &column)).await.unwrap();
        let row = message(b'D', &[&[0, 1, 0, 0, 0x40, 0][..], &[b'x'; 0x4000]].concat());
        while socket.write_all(&row).await.is_ok() {}
    })
    .await;
    let session = Session::start(&Arc::new(hostile)).await.unwrap();
    let answer = session.ask("SELECT 1", "s.t").await.unwrap_err();
    let (path, limit) = ("s.t".to_owned(), 8 << 20);
    assert_eq!(answer, Unavailable::Limit { path, what: "bytes of metadata", limit });
}

#[tokio::test]
async fn what_breaks_off_is_never_taken_for_the_end() {
    let (cut, _) = server(false, |mut socket| async move { begin_copy(&mut socket).await }).await;
    assert_eq!(copy(cut).await, Err(Unavailable::Truncated { path: "s.t".into() }));

    // It says that it is done, and the rows do not.
    let (short, _) = server(false, |mut socket| async move {
        begin_copy(&mut socket).await;
        let done = [message(b'c', b""), message(b'C', b"COPY 1\0"), message(b'Z', b"I")];
        socket.write_all(&done.concat()).await.unwrap();
        std::mem::forget(socket);
    })
    .await;
    assert_eq!(copy(short).await, Ok((1, false)));

    let (silent, _) = server(false, |mut socket| async move {
        begin_copy(&mut socket).await;
        std::mem::forget(socket);
    })
    .await;
    let answer = copy(silent).await.unwrap_err().to_string();
    assert!(answer.ends_with("its server fell silent"), "{answer}");

    let (failing, _) = server(false, |mut socket| async move {
        begin_copy(&mut socket).await;
        socket.write_all(&error("22012")).await.unwrap();
        std::mem::forget(socket);
    })
    .await;
    let answer = copy(failing).await.unwrap_err().to_string();
    assert!(answer.ends_with("its server could not compute a row of it"), "{answer}");
    assert!(!answer.contains("4711"));
}

#[tokio::test]
async fn a_connection_that_leads_elsewhere_is_barred() {
    let server = at_host("127.0.0.2", 5432, true);
    let barred = Session::start(&Arc::new(server)).await.unwrap_err();
    assert!(matches!(barred, Unavailable::Barred(_)), "{barred}");
    let stopped = Stop::default();
    stopped.stop();
    let found = tokio::task::spawn_blocking(move || {
        super::seen_by(&Moment::default(), at(1, false), ("s", "t"), &stopped).map(drop)
    });
    assert_eq!(found.await.unwrap(), Err(Unavailable::Stopped));
}
