//! `glovebox c3r`: encrypted columns; settings come from GetCollaboration of Glovebox or of AWS.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use glovebox_c3r::{CollaborationId, Settings};
use glovebox_c3r_files::{C3rCommand, Failed, Origin, settings_from};

use crate::{Client, Credentials, Environment, Refused, Surroundings};

/// Runs one of the commands; status 1 if it failed, and what it said is on standard error.
pub fn run(command: &C3rCommand, surroundings: &Surroundings) -> ExitCode {
    let ask = |origin: &Origin, id: &CollaborationId| settings(origin, id, surroundings);
    let mut world = glovebox_c3r_files::Surroundings {
        variable: &|name| surroundings.environment.get(name).map(str::to_owned),
        ask: &ask,
        input: &mut std::io::stdin().lock(),
        output: &mut std::io::stdout(),
        notes: &mut std::io::stderr(),
        watched: std::io::stderr().is_terminal(),
    };
    ExitCode::from(glovebox_c3r_files::run(command, &mut world))
}

/// Asks for a collaboration's settings.
fn settings(
    origin: &Origin,
    id: &CollaborationId,
    surroundings: &Surroundings,
) -> Result<Settings, Failed> {
    let help = "name a server with --endpoint-url and a key with AWS_* variables or --profile, or \
                give the settings with --settings";
    let failed = |error: anyhow::Error| {
        let text = format!("the settings of collaboration {id} cannot be asked for: {error:#}");
        match error.downcast_ref::<Refused>() {
            Some(refused) if refused.status < 500 => Failed::new(text).help(
                "look at the id, and whether the account of the key is a member of the \
                 collaboration",
            ),
            _ => Failed::new(text).help(help),
        }
    };
    let client = client(origin, surroundings).map_err(&failed)?;
    let path = format!("/collaborations/{id}");
    let answer = client.call("GET", &path, "", None).map_err(&failed)?;
    settings_from(&answer)
}

fn client(origin: &Origin, surroundings: &Surroundings) -> Result<Client> {
    let environment = &surroundings.environment;
    let endpoint = endpoint(origin, environment);
    let mut credentials = if endpoint.as_deref().is_none_or(is_aws) {
        Credentials::find_for_aws(environment, origin.profile.as_deref())?
    } else {
        Credentials::find(environment, origin.profile.as_deref())?
    };
    if let Some(region) = &origin.region {
        credentials.region.clone_from(region);
    }
    let endpoint = match endpoint {
        Some(endpoint) => endpoint,
        None if credentials.region.is_empty() => {
            return Err(anyhow!(
                "no region: set AWS_REGION, or name one with --region, or in the profile"
            ));
        }
        None => aws(&credentials.region)?,
    };
    if credentials.region.is_empty() {
        "us-east-1".clone_into(&mut credentials.region);
    }
    let bundle = match environment.get("AWS_CA_BUNDLE") {
        Some(path) => Some(std::fs::read(path).with_context(|| path.to_owned())?),
        None => None,
    };
    Client::new(&endpoint, credentials, Arc::clone(&surroundings.clock), bundle.as_deref())
}

/// The server that was named, if one was; else it is AWS.
fn endpoint(origin: &Origin, environment: &Environment) -> Option<String> {
    let named = origin.endpoint_url.as_deref();
    let named = named.or_else(|| environment.get("GLOVEBOX_ENDPOINT_URL"));
    named.or_else(|| environment.get("AWS_ENDPOINT_URL")).map(str::to_owned)
}

/// AWS Clean Rooms in a region.
fn aws(region: &str) -> Result<String> {
    if !region.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-') {
        return Err(anyhow!("the region is no name of a region of AWS"));
    }
    Ok(format!("https://cleanrooms.{region}.amazonaws.com"))
}

/// Whether a server is AWS's, which takes session tokens.
fn is_aws(endpoint: &str) -> bool {
    let host = endpoint.trim_end_matches('/').strip_prefix("https://").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|it| host.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Fixed;

    impl glovebox_model::Clock for Fixed {
        fn now(&self) -> glovebox_model::Timestamp {
            glovebox_model::Timestamp::from_millis(1_700_000_000_000)
        }
    }

    fn world(pairs: &[(&str, &str)]) -> Surroundings {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Surroundings { environment: Environment::new(pairs), clock: Arc::new(Fixed) }
    }

    fn nothing() -> Origin {
        Origin { settings: None, endpoint_url: None, profile: None, region: None }
    }

    const KEY: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s")];

    #[test]
    fn without_an_endpoint_it_is_aws_in_the_region() {
        let origin = Origin { region: Some("eu-west-1".to_owned()), ..nothing() };
        let client = client(&origin, &world(&KEY)).unwrap();
        assert_eq!(client.endpoint(), "https://cleanrooms.eu-west-1.amazonaws.com");
    }

    #[test]
    fn what_is_missing_is_said() {
        let id: CollaborationId = "1-2-3-4-5".parse().unwrap();
        let failed = |pairs: &[(&str, &str)], origin: &Origin| {
            settings(origin, &id, &world(pairs)).unwrap_err().to_string()
        };
        assert!(failed(&KEY, &nothing()).contains("no region: set AWS_REGION"));
        let home = [("HOME", "/no/such")];
        let text = failed(&home, &nothing());
        assert!(text.contains("set AWS_ACCESS_KEY_ID") && text.contains("--settings"), "{text}");
        let here = Origin { endpoint_url: Some("http://127.0.0.1:9".to_owned()), ..nothing() };
        assert!(failed(&KEY, &here).contains("http://127.0.0.1:9 does not answer"));
        let odd = Origin { region: Some("x/../y@evil".to_owned()), ..nothing() };
        assert!(failed(&KEY, &odd).contains("no name of a region"));
    }

    #[test]
    fn session_tokens_go_to_aws_alone() {
        let token = [KEY[0], KEY[1], ("AWS_SESSION_TOKEN", "t"), ("AWS_REGION", "us-east-1")];
        assert!(client(&nothing(), &world(&token)).is_ok());
        for elsewhere in ["http://127.0.0.1:8930", "https://amazonaws.com.evil.example"] {
            let origin = Origin { endpoint_url: Some(elsewhere.to_owned()), ..nothing() };
            assert!(client(&origin, &world(&token)).is_err(), "{elsewhere}");
        }
    }
}
