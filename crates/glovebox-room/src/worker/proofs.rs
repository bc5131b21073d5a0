//! What connections prove themselves with, as it passes the pipe to the process of a walk.

use glovebox_catalog::Unavailable;
use glovebox_store::{secrets_of_text, secrets_to_text};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::lines::Told;
use crate::query::Proof;

/// One proof: the form lives on the pipe only, and is wiped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofV1 {
    connection: String,
    version: i64,
    secrets: Option<String>,
    why: Option<String>,
}

impl ProofV1 {
    pub(super) fn of(proof: &Proof) -> Option<Self> {
        let (secrets, why) = match &proof.secrets {
            Ok(secrets) => (Some(secrets_to_text(secrets).ok()?.as_str().to_owned()), None),
            Err(Unavailable::Unproven(why)) => (None, Some(why.clone())),
            Err(why) => (None, Some(why.to_string())),
        };
        let connection = proof.connection.to_string();
        Some(Self { connection, version: proof.version, secrets, why })
    }

    pub(super) fn read(&self) -> Option<Proof> {
        let secrets = match (&self.secrets, &self.why) {
            (Some(text), None) => Ok(secrets_of_text(text).ok()?),
            (None, Some(why)) => Err(Unavailable::Unproven(why.clone())),
            _ => return None,
        };
        Some(Proof { connection: self.connection.parse().ok()?, version: self.version, secrets })
    }
}

impl Drop for ProofV1 {
    fn drop(&mut self) {
        self.secrets.zeroize();
    }
}

/// A line with which a running walk gets newer credentials.
pub(super) fn to_line(proofs: &[Proof]) -> Option<Zeroizing<String>> {
    let forms = proofs.iter().map(ProofV1::of).collect::<Option<Vec<_>>>()?;
    Told::Proofs(forms).to_line()
}

#[cfg(test)]
mod tests {
    use glovebox_model::{Credentials, Id, Secret, Secrets};

    use super::*;

    #[test]
    fn what_a_connection_shows_passes_the_pipe_and_why_it_shows_nothing_too() {
        let password = Secret::new("p\nq".into());
        let credentials = Credentials::Password { user: "u".into(), password };
        let good = Ok(Secrets { credentials, catalog_token: None });
        let (one, two) = (Id::from_random([1; 16]), Id::from_random([2; 16]));
        let proofs = vec![
            Proof { connection: one, version: 7, secrets: good.clone() },
            Proof { connection: two, version: 8, secrets: Err(Unavailable::Expired) },
        ];
        let line = to_line(&proofs).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        let Told::Proofs(read) = Told::parse(&line).unwrap() else { panic!() };
        let read: Vec<Proof> = read.iter().map(|it| it.read().unwrap()).collect();
        assert_eq!((read[0].version, &read[0].secrets), (7, &good));
        let why = "the credentials of the connection have expired".to_owned();
        assert_eq!(read[1].secrets, Err(Unavailable::Unproven(why)));
        assert!(Told::parse("{\"proofs\":[{}]}").is_none());
    }
}
