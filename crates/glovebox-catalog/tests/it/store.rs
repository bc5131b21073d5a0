//! An S3 server of the tests' own: `s3s-fs` over a folder, on loopback.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use glovebox_catalog::{Connected, Egress, Reach, TableLocation};
use glovebox_model::{
    Connection, Credentials, ObjectProtocol, ObjectRoot, Objects, Place, Secret, Secrets, Timestamp,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

/// The only keys that the server knows.
const KEYS: (&str, &str) = ("AKIDTEST", "hush");

/// Serves the folders in `root` as buckets until the runtime ends.
pub(crate) async fn serve(root: &Path) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    builder.set_auth(SimpleAuth::from_single(KEYS.0, KEYS.1));
    let service = builder.build();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = Builder::new(TokioExecutor::new());
                drop(http.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
    address
}

/// Static keys.
pub(crate) fn keys(secret: &str) -> Credentials {
    Credentials::Keys {
        access_key_id: KEYS.0.into(),
        secret_access_key: Secret::new(secret.into()),
        session_token: None,
    }
}

/// The bucket `bucket` on a server, below `prefix`.
pub(crate) fn objects(address: SocketAddr, prefix: &str) -> Objects {
    Objects {
        protocol: ObjectProtocol::S3,
        region: "us-east-1".into(),
        endpoint: Some(format!("http://{address}")),
        roots: vec![ObjectRoot { bucket: "bucket".into(), prefix: prefix.into() }],
        encryption: None,
    }
}

/// What reaches `place` with these credentials; the operator listed `listed`.
pub(crate) fn reach(place: Place, credentials: Credentials, listed: &str) -> Arc<Reach> {
    let connection = Connection {
        id: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        account: "123456789012".parse().unwrap(),
        name: "reader".into(),
        databases: vec!["db".into()],
        place,
        method: credentials.method(),
        has_catalog_token: false,
        created: Timestamp::from_millis(0),
        updated: Timestamp::from_millis(0),
        version: 1,
    };
    let egress = Egress::new(vec![listed.parse().unwrap()], b"").unwrap();
    Arc::new(Reach::new(connection, Secrets { credentials, catalog_token: None }, egress))
}

/// The table `db.t` behind a connection.
pub(crate) fn table(reach: &Arc<Reach>) -> TableLocation {
    let (database, table) = ("db".into(), "t".into());
    TableLocation::Connected(Connected { reach: Arc::clone(reach), database, table })
}
