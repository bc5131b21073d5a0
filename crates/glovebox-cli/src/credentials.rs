//! The key that a client signs with: from `AWS_*` variables, or from a profile.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};

use crate::Environment;

/// An access key, its secret, and the region that goes into the signature.
#[derive(Clone)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// Its secret.
    pub secret: String,
    /// Any region: the server takes every one.
    pub region: String,
    /// What AWS gives beside keys that last for hours; Glovebox issues none.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

impl Credentials {
    /// From `--profile`, else from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, else from the
    /// profile that `AWS_PROFILE` names, else from the profile `default`.
    pub fn find(environment: &Environment, profile: Option<&str>) -> Result<Self> {
        let found = Self::find_for_aws(environment, profile)?;
        if found.session_token.is_some() {
            bail!("there is a session token beside the key, but Glovebox issues none: unset it");
        }
        let region = if found.region.is_empty() { "us-east-1".to_owned() } else { found.region };
        Ok(Self { region, ..found })
    }

    /// The same for a server of AWS, which also takes session tokens. The region is empty if it is
    /// named nowhere.
    pub fn find_for_aws(environment: &Environment, profile: Option<&str>) -> Result<Self> {
        let region =
            environment.get("AWS_REGION").or_else(|| environment.get("AWS_DEFAULT_REGION"));
        let keys = (environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY"));
        if let (None, (Some(id), Some(secret))) = (profile, keys) {
            return Ok(Self {
                access_key_id: id.to_owned(),
                secret: secret.to_owned(),
                region: region.unwrap_or_default().to_owned(),
                session_token: environment.get("AWS_SESSION_TOKEN").map(str::to_owned),
            });
        }
        let name = profile.or_else(|| environment.get("AWS_PROFILE")).unwrap_or("default");
        let file = credentials_file(environment)?;
        let text = std::fs::read_to_string(&file).with_context(|| {
            format!(
                "no key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write {}",
                file.display()
            )
        })?;
        let section = section(&text, name)
            .ok_or_else(|| anyhow!("{} has no profile [{name}]", file.display()))?;
        let take = |key: &str| {
            let value = section.get(key).cloned();
            value.ok_or_else(|| anyhow!("profile [{name}] of {} has no {key}", file.display()))
        };
        Ok(Self {
            access_key_id: take("aws_access_key_id")?,
            secret: take("aws_secret_access_key")?,
            region: region
                .map(str::to_owned)
                .or_else(|| section.get("region").cloned())
                .unwrap_or_default(),
            session_token: section.get("aws_session_token").cloned(),
        })
    }
}

fn credentials_file(environment: &Environment) -> Result<PathBuf> {
    if let Some(path) = environment.get("AWS_SHARED_CREDENTIALS_FILE") {
        return Ok(PathBuf::from(path));
    }
    let home = environment.home().context("HOME is not set, so there is no ~/.aws/credentials")?;
    Ok(home.join(".aws/credentials"))
}

/// The settings of `[name]` in an ini file.
fn section(text: &str, name: &str) -> Option<BTreeMap<String, String>> {
    let mut found: Option<BTreeMap<String, String>> = None;
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(title) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            inside = title.trim() == name;
            if inside {
                found.get_or_insert_default();
            }
        } else if let (true, Some((key, value))) = (inside, line.split_once('=')) {
            let settings = found.get_or_insert_default();
            settings.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment::new(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn variables_come_before_the_file() {
        let found = Credentials::find(
            &environment(&[
                ("AWS_ACCESS_KEY_ID", "GBIA"),
                ("AWS_SECRET_ACCESS_KEY", "s"),
                ("AWS_DEFAULT_REGION", "eu-west-1"),
            ]),
            None,
        )
        .unwrap();
        assert_eq!((found.access_key_id.as_str(), found.region.as_str()), ("GBIA", "eu-west-1"));
    }

    #[test]
    fn a_named_profile_is_read_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        let text = "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key = a\n\n\
                    [other]\naws_access_key_id=B\naws_secret_access_key = b=\nregion = eu-x\n";
        std::fs::write(&file, text).unwrap();
        let variables = environment(&[
            ("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()),
            ("AWS_ACCESS_KEY_ID", "ignored"),
            ("AWS_SECRET_ACCESS_KEY", "ignored"),
        ]);
        let found = Credentials::find(&variables, Some("other")).unwrap();
        assert_eq!(
            (found.access_key_id.as_str(), found.secret.as_str(), found.region.as_str()),
            ("B", "b=", "eu-x")
        );
        assert!(Credentials::find(&variables, Some("third")).is_err());
    }

    #[test]
    fn a_session_token_is_refused_before_anything_is_sent() {
        let variables = environment(&[
            ("AWS_ACCESS_KEY_ID", "A"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_SESSION_TOKEN", "t"),
        ]);
        assert!(Credentials::find(&variables, None).is_err());
        let found = Credentials::find_for_aws(&variables, None).unwrap();
        assert_eq!(found.session_token.as_deref(), Some("t"));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let key = Credentials {
            access_key_id: "GBIA".into(),
            secret: "very secret".into(),
            region: "r".into(),
            session_token: Some("token".into()),
        };
        assert_eq!(format!("{key:?}"), "Credentials");
    }
}
