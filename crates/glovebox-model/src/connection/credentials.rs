//! What connections prove themselves with.

use std::fmt;

use zeroize::Zeroizing;

/// How a connection proves itself, without the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialMethod {
    /// It does not: public data.
    Anonymous,
    /// By the role of its name, which the house assumes with an external id of its own.
    AssumeRole,
    /// By access keys.
    Keys,
    /// By what the operator's machine has: environment or instance profile. Only the operator
    /// binds it to an account.
    Operator,
    /// By user and password.
    Password,
    /// By a bearer token, or a key of the storage account.
    Token,
}

/// What a connection proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    Anonymous,
    /// The role is assumed with it.
    AssumeRole {
        /// Made by the house for this account; the role's trust policy demands it.
        external_id: String,
    },
    /// Access keys of AWS, or of what speaks its protocol.
    Keys {
        /// `aws_access_key_id`
        access_key_id: String,
        /// `aws_secret_access_key`
        secret_access_key: Secret,
        /// `aws_session_token` of keys that pass.
        session_token: Option<Secret>,
    },
    /// Whatever the operator's machine has.
    Operator,
    /// Of a database.
    Password {
        /// The user.
        user: String,
        /// Its password.
        password: Secret,
    },
    /// A bearer token, a key of a storage account, or a service account's JSON.
    Token(Secret),
}

/// All that a connection proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// To the service and the data.
    pub credentials: Credentials,
    /// To a catalog that has its own: a bearer token.
    pub catalog_token: Option<Secret>,
}

/// A text that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl CredentialMethod {
    const ALL: [Self; 6] = [
        Self::Anonymous,
        Self::AssumeRole,
        Self::Keys,
        Self::Operator,
        Self::Password,
        Self::Token,
    ];

    /// The word for it in commands and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::AssumeRole => "assumeRole",
            Self::Keys => "keys",
            Self::Operator => "operator",
            Self::Password => "password",
            Self::Token => "token",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

impl Secret {
    /// Keeps a text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for whoever proves himself with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Credentials {
    /// How they prove what they prove.
    pub fn method(&self) -> CredentialMethod {
        match self {
            Self::Anonymous => CredentialMethod::Anonymous,
            Self::AssumeRole { .. } => CredentialMethod::AssumeRole,
            Self::Keys { .. } => CredentialMethod::Keys,
            Self::Operator => CredentialMethod::Operator,
            Self::Password { .. } => CredentialMethod::Password,
            Self::Token(_) => CredentialMethod::Token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let keys = Credentials::Keys {
            access_key_id: "AKIA".into(),
            secret_access_key: Secret::new("hush".into()),
            session_token: Some(Secret::new("hush".into())),
        };
        assert!(!format!("{keys:?}").contains("hush"));
    }
}
