//! `glovebox c3r`: encrypted columns; settings come from GetCollaboration of Glovebox or of AWS.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
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
    surroundings.client(&endpoint, credentials)
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
    use std::sync::Arc;

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

    /// A server that answers one request, and what it was asked.
    fn server(answer: &'static str) -> (Origin, std::thread::JoinHandle<String>) {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint_url = Some(format!("http://{}", listener.local_addr().unwrap()));
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            while !request.windows(4).any(|it| it == b"\r\n\r\n") {
                let read = stream.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..read]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request).unwrap().to_ascii_lowercase()
        });
        (Origin { endpoint_url, ..nothing() }, asked)
    }

    #[test]
    fn settings_come_from_a_signed_get_collaboration() {
        let (origin, asked) = server(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n\
             {\"collaboration\": {\"name\": \"x\", \"dataEncryptionMetadata\": {\
             \"allowCleartext\": true, \"allowDuplicates\": false, \
             \"allowJoinsOnColumnsWithDifferentNames\": false, \"preserveNulls\": true}}}",
        );
        let found = settings(&origin, &"1-2-3-4-5".parse().unwrap(), &world(&KEY)).unwrap();
        assert!(found.allow_cleartext && found.preserve_nulls && !found.allow_duplicates);
        let asked = asked.join().unwrap();
        let path = "get /collaborations/00000001-0002-0003-0004-000000000005 http/1.1\r\n";
        assert!(asked.starts_with(path), "{asked}");
        assert!(asked.contains("authorization: aws4-hmac-sha256 credential=a/"), "{asked}");
        assert!(!asked.contains("x-amz-security-token"), "{asked}");
    }

    #[test]
    fn a_refusal_of_the_server_is_told_with_what_to_look_at() {
        let (origin, asked) = server(
            "HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: AccessDeniedException\r\n\
             connection: close\r\n\r\n{\"message\": \"not a member\"}",
        );
        let failed = settings(&origin, &"1-2-3-4-5".parse().unwrap(), &world(&KEY)).unwrap_err();
        assert!(failed.text().contains("AccessDeniedException: not a member"), "{failed}");
        assert!(failed.to_string().contains("a member of the collaboration"), "{failed}");
        asked.join().unwrap();
    }
}
