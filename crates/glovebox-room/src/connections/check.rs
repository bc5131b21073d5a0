//! What an account may say of a connection.

use std::collections::BTreeSet;

use glovebox_catalog::Egress;
use glovebox_model::{
    AwsService, CredentialMethod, Credentials, ObjectProtocol, Objects, Place, Secret,
};

use super::ConnectionTerms;
use crate::RoomError;
use crate::error::FieldFault;

/// Characters of a role's name, its path included.
const NAME: usize = 512;
/// Databases, and roots, of one connection.
const LISTED: usize = 100;
/// Characters of any other text.
const TEXT: usize = 1024;
/// Bytes of all secrets of a connection: a service account's JSON is about 2 KiB.
const SECRETS: usize = 32 << 10;

/// A name that stands in `arn:aws:iam::<account>:role/<name>`, a path before it included.
pub(super) fn check_name(name: &str) -> Result<(), RoomError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "_+=.@-".contains(c);
    let is_segment = |it: &str| !it.is_empty() && it.chars().all(legal);
    if name.len() <= NAME && name.split('/').all(is_segment) {
        return Ok(());
    }
    let message = "the name of a role has letters, digits and _+=.@- and perhaps a path before it";
    Err(RoomError::field("name", message))
}

/// Everything that is wrong with the terms.
pub(super) fn check(terms: &ConnectionTerms, egress: &Egress) -> Result<(), RoomError> {
    let mut faults = Faults(Vec::new());
    let ConnectionTerms { databases, place, secrets } = terms;
    databases_of(databases, place, &mut faults);
    let field = place.word();
    match place {
        Place::Files(objects) | Place::Delta(objects) => {
            faults.objects(field, objects, egress);
        }
        Place::Glue { service, catalog_id, data } => {
            faults.service(field, service, egress);
            faults.text(format!("{field}.catalogId"), catalog_id.as_deref());
            faults.objects(field, data, egress);
            faults.s3(field, data);
        }
        Place::Athena { service, workgroup, results } => {
            faults.service(field, service, egress);
            faults.text(format!("{field}.workgroup"), Some(workgroup));
            faults.objects(field, results, egress);
            faults.s3(field, results);
        }
        Place::Iceberg { uri, warehouse, data } => {
            faults.address(format!("{field}.uri"), Some(uri), egress);
            faults.text(format!("{field}.warehouse"), warehouse.as_deref());
            faults.objects(field, data, egress);
        }
        Place::Postgresql { host, port, database, tls: _ } => {
            faults.text(format!("{field}.host"), Some(host));
            faults.text(format!("{field}.database"), Some(database));
            if *port == 0 {
                faults.add(format!("{field}.port"), "a port is 1 to 65535");
            }
        }
    }
    if let Some(objects) = place.objects().filter(|it| it.encryption.is_some())
        && (objects.protocol != ObjectProtocol::S3 || !matches!(place, Place::Files(_)))
    {
        let message = "only results that are written into S3 are encrypted as the connection says";
        faults.add(format!("{field}.storage.encryption"), message);
    }
    let method = secrets.credentials.method();
    if !fits(place, method) {
        let message = format!("{} does not go with {field}", method.word());
        faults.add("credentials".into(), message);
    }
    if secrets.catalog_token.is_some() && !matches!(place, Place::Iceberg { .. }) {
        faults.add("catalogToken".into(), "only an Iceberg catalog is shown a token of its own");
    }
    secrets_of(&secrets.credentials, secrets.catalog_token.as_ref(), &mut faults);
    if faults.0.is_empty() { Ok(()) } else { Err(RoomError::fields(faults.0)) }
}

fn databases_of(databases: &[String], place: &Place, faults: &mut Faults) {
    let field = |index: usize| format!("databases[{index}]");
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut seen = BTreeSet::new();
    for (index, it) in databases.iter().enumerate() {
        if it.is_empty() || it.len() > 128 || !it.chars().all(legal) {
            let message = "a database has 1 to 128 letters, digits, _ and -: as references name it";
            faults.add(field(index), message);
        } else if !seen.insert(it.to_ascii_lowercase()) {
            faults.add(field(index), "it is named twice; case does not count");
        }
    }
    if databases.len() > LISTED {
        faults.add("databases".into(), "a connection serves 100 databases at most");
    }
    // Files alone may be there to take results.
    if databases.is_empty() && !matches!(place, Place::Files(_)) {
        faults.add("databases".into(), "name the databases whose tables are read through it");
    }
}

/// Which credentials a place can be shown.
fn fits(place: &Place, method: CredentialMethod) -> bool {
    use CredentialMethod::{Anonymous, AssumeRole, Keys, Operator, Password, Token};
    match place {
        Place::Postgresql { .. } => method == Password,
        Place::Glue { .. } | Place::Athena { .. } => {
            matches!(method, AssumeRole | Keys | Operator)
        }
        Place::Files(objects) | Place::Delta(objects) | Place::Iceberg { data: objects, .. } => {
            match objects.protocol {
                ObjectProtocol::S3 => {
                    matches!(method, Anonymous | AssumeRole | Keys | Operator)
                }
                ObjectProtocol::Gcs | ObjectProtocol::Azure => matches!(method, Anonymous | Token),
            }
        }
    }
}

/// Secrets pass a pipe as text: some KiB, without control characters but line ends.
fn secrets_of(credentials: &Credentials, catalog_token: Option<&Secret>, faults: &mut Faults) {
    let mut texts: Vec<&str> = match credentials {
        Credentials::Anonymous | Credentials::AssumeRole { .. } | Credentials::Operator => vec![],
        Credentials::Keys { access_key_id, secret_access_key, session_token } => {
            let session = session_token.as_ref().map(Secret::reveal);
            let keys = [access_key_id.as_str(), secret_access_key.reveal()];
            keys.into_iter().chain(session).collect()
        }
        Credentials::Password { user, password } => vec![user, password.reveal()],
        Credentials::Token(token) => vec![token.reveal()],
    };
    texts.extend(catalog_token.map(Secret::reveal));
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if texts.iter().map(|it| it.len()).sum::<usize>() > SECRETS {
        faults.add("credentials".into(), "the secrets of a connection have 32 KiB at most");
    }
    if texts.iter().any(|it| it.is_empty() || it.contains(is_odd)) {
        faults.add("credentials".into(), "a secret is text, and not empty");
    }
}

struct Faults(Vec<FieldFault>);

impl Faults {
    fn add(&mut self, name: String, message: impl Into<String>) {
        self.0.push(FieldFault { name, message: message.into() });
    }

    fn text(&mut self, name: String, text: Option<&str>) {
        let is_bad = |it: &str| it.is_empty() || it.len() > TEXT || it.contains(char::is_control);
        if text.is_some_and(is_bad) {
            self.add(name, "it is 1 to 1024 characters on one line");
        }
    }

    /// An address is refused now if it would be refused later.
    fn address(&mut self, name: String, address: Option<&str>, egress: &Egress) {
        let Some(address) = address else { return };
        match url::Url::parse(address) {
            Ok(parsed) if parsed.query().is_none() && parsed.fragment().is_none() => {
                if let Err(barred) = egress.check(&parsed) {
                    self.add(name, barred.to_string());
                }
            }
            _ => self.add(name, "it is an address such as https://host:port"),
        }
    }

    fn region(&mut self, name: String, region: &str) {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if region.is_empty() || region.len() > 64 || !region.chars().all(legal) {
            self.add(name, "a region, or a storage account, has lower-case letters, digits and -");
        }
    }

    fn service(&mut self, field: &str, service: &AwsService, egress: &Egress) {
        self.region(format!("{field}.region"), &service.region);
        self.address(format!("{field}.endpoint"), service.endpoint.as_deref(), egress);
    }

    fn objects(&mut self, field: &str, objects: &Objects, egress: &Egress) {
        if objects.protocol != ObjectProtocol::Gcs {
            self.region(format!("{field}.storage.region"), &objects.region);
        }
        let endpoint = objects.endpoint.as_deref();
        self.address(format!("{field}.storage.endpoint"), endpoint, egress);
        if objects.roots.is_empty() || objects.roots.len() > LISTED {
            self.add(format!("{field}.storage.roots"), "name 1 to 100 roots");
        }
    }

    fn s3(&mut self, field: &str, objects: &Objects) {
        if objects.protocol != ObjectProtocol::S3 {
            self.add(format!("{field}.storage.roots"), "the data of this service lies in S3");
        }
    }
}
