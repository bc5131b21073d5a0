//! Azure Blob Storage as Azurite plays it: a server of the tests' own, which `cargo xtask test`
//! installs (`cargo xtask azurite` alone, too).

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use http::Method;
use object_store::ObjectStore;
use object_store::azure::{
    AzureAccessKey, AzureAuthorizer, AzureCredential, MicrosoftAzureBuilder,
};
use object_store::client::{HttpClient, HttpRequestBody};

/// The storage account and its key.
const ACCOUNT: &str = "acme";
pub(crate) const KEY: &str = "aHVzaC1odXNoLWh1c2g=";

/// A running server; it ends with this value.
#[derive(Debug)]
pub(crate) struct Azurite {
    server: Child,
    address: SocketAddr,
}

impl Azurite {
    /// A server that has a container, `bucket`.
    pub(crate) async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/azurite");
        let (node, main) =
            (folder.join("node"), folder.join("node_modules/azurite/dist/src/blob/main.js"));
        for path in [&node, &main] {
            assert!(path.exists(), "{} is missing: run `cargo xtask azurite`", path.display());
        }
        let mut command = Command::new(node);
        command.arg(main).args(["--blobHost", "127.0.0.1", "--blobPort", "0"]);
        command.args(["--inMemoryPersistence", "--silent", "--disableProductStyleUrl"]);
        command.env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{KEY}"));
        let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let found = lines.by_ref().map_while(Result::ok).find_map(|it| {
            it.split_once("listens on http://").map(|(_, it)| it.trim().parse().unwrap())
        });
        let azurite = Self { server, address: found.expect("Azurite did not come up") };
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        azurite.ask(Method::PUT, "bucket?restype=container", &[]).await;
        azurite
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a connection names: the account stands in the path, as behind every address that is
    /// not Azure's own.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/{ACCOUNT}", self.address)
    }

    /// The container, not through what is tested.
    pub(crate) fn store(&self) -> Arc<dyn ObjectStore> {
        let builder = MicrosoftAzureBuilder::new().with_account(ACCOUNT).with_access_key(KEY);
        let builder = builder.with_endpoint(self.endpoint()).with_container_name("bucket");
        Arc::new(builder.with_allow_http(true).build().unwrap())
    }

    /// Asks the service itself; gives the body of its answer.
    pub(crate) async fn ask(&self, method: Method, what: &str, headers: &[(&str, &str)]) -> String {
        let mut request = http::Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.uri(format!("{}/{what}", self.endpoint()));
        let request = request.header("content-length", "0").body(HttpRequestBody::empty());
        let mut request = request.unwrap();
        let credential = AzureCredential::AccessKey(AzureAccessKey::try_new(KEY).unwrap());
        AzureAuthorizer::new(&credential, ACCOUNT).authorize(&mut request);
        let client = HttpClient::new(reqwest::Client::new());
        let answer = client.execute(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().bytes().await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(status.is_success(), "{status} {body}");
        body
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
