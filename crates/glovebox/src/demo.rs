//! `glovebox demo`: a house of its own, two members, real data, and a story.

mod data;
mod encrypted;
mod setup;
mod story;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use glovebox_cli::output::{line, text};
use glovebox_cli::{Client, Credentials, Surroundings};
use glovebox_store::{MasterKey, NewAccount, Store};

use crate::arguments::DemoArgs;
use crate::command::runtime;
use crate::compose::{self, House};
use crate::configuration::Settings;
use crate::logs::Logs;

use encrypted::{Machine, Machines};
use setup::{Airlines, Member};

/// A demo account and its key.
struct Identity {
    account: String,
    access_key_id: String,
    secret: String,
}

/// Runs the tour; with `--serve` the house stays up behind it.
pub(crate) fn run(arguments: &DemoArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let temporary = match arguments.data_dir {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("glovebox-demo-").tempdir()?),
    };
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let (data_dir, store) = opened(arguments, temporary.as_ref(), surroundings).await?;
        tour(arguments, data_dir, store, surroundings).await
    });
    // An interrupted story may still be waiting for an answer that will not come.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome.map(|()| ExitCode::SUCCESS)
}

/// The data directory of the tour with its store; of a passing one nothing lies anywhere else.
async fn opened(
    arguments: &DemoArgs,
    temporary: Option<&tempfile::TempDir>,
    surroundings: &Surroundings,
) -> Result<(PathBuf, Store)> {
    let Some(folder) = temporary else {
        let data_dir = arguments.data_dir.clone().unwrap_or_default();
        let store = compose::store(&data_dir, surroundings).await?;
        return Ok((data_dir, store));
    };
    let (data_dir, counters) = (folder.path().join("data"), folder.path().join("head-counter"));
    let key = MasterKey::generate()?;
    let store = compose::open_guarded(&data_dir, key, surroundings, Some(&counters)).await?;
    Ok((data_dir, store))
}

async fn tour(
    arguments: &DemoArgs,
    data_dir: PathBuf,
    store: Store,
    surroundings: &Surroundings,
) -> Result<()> {
    let mut settings = Settings::of(&data_dir)?;
    settings.listen = free_address(arguments.serve);
    settings.tls = None;
    let log = surroundings.environment.get("GLOVEBOX_LOG").unwrap_or("error,s3s=off");
    let logs = Logs { filter: log.to_owned(), format: settings.log_format };
    logs.begin();
    let mut house = House::start(&settings, store.clone(), surroundings, &logs).await?;
    let endpoint = format!("http://{}", house.address());

    let airline = identity(&store, "demo-airline").await?;
    let manufacturer = identity(&store, "demo-manufacturer").await?;
    data::lay_out(&data_dir, &airline.account, &manufacturer.account)?;

    story::welcome();
    let members = (
        member("Airline", &airline, &endpoint, surroundings)?,
        member("Manufacturer", &manufacturer, &endpoint, surroundings)?,
    );
    let machines = Machines {
        airline: machine("airline", &airline, &endpoint, &data_dir),
        manufacturer: machine("manufacturer", &manufacturer, &endpoint, &data_dir),
    };
    let told = tokio::task::spawn_blocking(move || -> Result<Airlines> {
        let airlines = setup::set_up(members.0, members.1)?;
        story::tell(&airlines, &machines)?;
        Ok(airlines)
    });
    let told = tokio::select! {
        told = told => told?,
        stopped = house.wait() => Err(stopped.err().unwrap_or_else(|| anyhow!("interrupted"))),
    };
    let outcome = match told {
        Ok(airlines) => {
            next_steps(arguments, &endpoint, &manufacturer, &airlines);
            if arguments.serve { house.wait().await } else { Ok(()) }
        }
        Err(error) => Err(error),
    };
    house.stop().await?;
    outcome
}

/// The account of that name with a key of its own, made if it is missing.
async fn identity(store: &Store, name: &str) -> Result<Identity> {
    let accounts = store.accounts().await?;
    let Some(account) = accounts.into_iter().find(|it| it.name == name && it.enabled) else {
        let new = NewAccount { name: name.to_owned(), ..NewAccount::default() };
        let (account, key, secret) = store.create_account(new).await?;
        return Ok(Identity {
            account: account.id.to_string(),
            access_key_id: key.as_str().to_owned(),
            secret: secret.reveal().to_owned(),
        });
    };
    for key in store.keys(account.id).await? {
        if let Some(signer) = store.signer(key.id.as_str()).await? {
            return Ok(Identity {
                account: account.id.to_string(),
                access_key_id: signer.access_key_id.as_str().to_owned(),
                secret: signer.secret.reveal().to_owned(),
            });
        }
    }
    let (key, secret) = store.add_key(account.id, glovebox_model::KeyRole::Owner).await?;
    Ok(Identity {
        account: account.id.to_string(),
        access_key_id: key.as_str().to_owned(),
        secret: secret.reveal().to_owned(),
    })
}

fn member(
    name: &'static str,
    identity: &Identity,
    endpoint: &str,
    surroundings: &Surroundings,
) -> Result<Member> {
    let credentials = Credentials {
        access_key_id: identity.access_key_id.clone(),
        secret: identity.secret.clone(),
        region: "us-east-1".to_owned(),
        session_token: None,
    };
    let client = Client::new(endpoint, credentials, Arc::clone(&surroundings.clock), None)?;
    Ok(Member { name, account: identity.account.clone(), client })
}

/// A folder beside the house's own that stands for a member's machine.
fn machine(name: &str, identity: &Identity, endpoint: &str, data_dir: &Path) -> Machine {
    Machine {
        folder: data_dir.join("machines-of-members").join(name),
        tables: encrypted::tables(data_dir, &identity.account),
        endpoint: endpoint.to_owned(),
        access_key_id: identity.access_key_id.clone(),
        secret: identity.secret.clone(),
    }
}

/// The usual port if the house stays up and the port is free, else any.
fn free_address(serve: bool) -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 8930));
    if serve && TcpListener::bind(usual).is_ok() {
        return usual;
    }
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

fn next_steps(arguments: &DemoArgs, endpoint: &str, manufacturer: &Identity, airlines: &Airlines) {
    story::heading("9", "What to try next");
    if !arguments.serve {
        line("     This house is closed now. Keep one open and ask it yourself:");
        line("");
        line("         glovebox demo --data-dir ./glovebox-demo --serve");
        line("");
        return;
    }
    line("     Ask as the manufacturer, with the AWS SDK for Python (pip install boto3):");
    line("");
    let Identity { access_key_id, secret, .. } = manufacturer;
    let membership = &airlines.membership;
    text(&format!(
        r#"         import boto3

         rooms = boto3.client(
             "cleanrooms",
             endpoint_url="{endpoint}",
             region_name="us-east-1",
             aws_access_key_id="{access_key_id}",
             aws_secret_access_key="{secret}",
         )
         rooms.start_protected_query(
             type="SQL",
             membershipIdentifier="{membership}",
             sqlParameters={{"queryString": "SELECT p.type, COUNT(DISTINCT f.tailnum) AS n "
                 "FROM flights f JOIN planes p ON f.tailnum = p.tailnum GROUP BY p.type"}},
             resultConfiguration={{"outputConfiguration": {{"s3": {{
                 "bucket": "results", "keyPrefix": "mine", "resultFormat": "CSV"}}}}}},
         )

     or from a shell:

         export AWS_ACCESS_KEY_ID={access_key_id} AWS_SECRET_ACCESS_KEY={secret}
         glovebox query run --endpoint-url {endpoint} --membership {membership} --sql -

     The house stays up at {endpoint} until Ctrl-C.

"#
    ));
}
