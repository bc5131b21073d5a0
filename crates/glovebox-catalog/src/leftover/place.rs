//! Where things can be that a query began behind a connection. What a process says of itself is
//! believed as far as this goes.

use glovebox_model::{Connection, Leftover, ObjectProtocol, Objects, Place};

use crate::upload::holds;

/// Hexadecimal digits that name the folder of one execution.
const FOLDER: usize = 32;
/// Bytes of a key, as S3 allows them.
const MAX_KEY: usize = 1024;
/// Bytes of a name that a store or a service gave.
pub(crate) const MAX_NAME: usize = 2048;
/// Bytes of the name of an execution.
const MAX_ID: usize = 128;

/// Whether a query can have begun this behind the connection: below its roots, in a form that is
/// ours.
pub fn lies_within(connection: &Connection, leftover: &Leftover) -> bool {
    match (leftover, &connection.place) {
        (Leftover::Execution { bucket, folder, id }, Place::Athena { results, .. }) => {
            is_folder(results, bucket, folder) && id.as_deref().is_none_or(is_execution)
        }
        (Leftover::Upload { bucket, key, upload }, Place::Files(objects)) => {
            let is_name = |it: char| it.is_ascii_graphic();
            is_key(key)
                && holds(connection, bucket, key)
                && objects.protocol != ObjectProtocol::Azure
                && (1..=MAX_NAME).contains(&upload.len())
                && upload.chars().all(is_name)
        }
        _ => false,
    }
}

/// Whether a text can be Athena's name of an execution.
pub(crate) fn is_execution(id: &str) -> bool {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
    (1..=MAX_ID).contains(&id.len()) && id.chars().all(is_plain)
}

/// Whether it is a folder of its own right below the first root, named as ours are.
fn is_folder(results: &Objects, bucket: &str, folder: &str) -> bool {
    let Some(root) = results.roots.first().filter(|it| it.bucket == bucket) else { return false };
    let name = match root.prefix.as_str() {
        "" => Some(folder),
        prefix => folder.strip_prefix(prefix).and_then(|it| it.strip_prefix('/')),
    };
    let is_hex = |it: u8| matches!(it, b'0'..=b'9' | b'a'..=b'f');
    results.protocol == ObjectProtocol::S3
        && name.is_some_and(|it| it.len() == FOLDER && it.bytes().all(is_hex))
}

fn is_key(key: &str) -> bool {
    let is_segment = |it: &str| !matches!(it, "" | "." | "..");
    key.len() <= MAX_KEY && key.split('/').all(is_segment) && !key.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use glovebox_model::{AwsService, CredentialMethod, Id, ObjectRoot, Timestamp};

    use super::*;

    fn objects(prefix: &str) -> Objects {
        Objects {
            protocol: ObjectProtocol::S3,
            region: "us-east-1".into(),
            endpoint: None,
            roots: vec![ObjectRoot { bucket: "b".into(), prefix: prefix.into() }],
            encryption: None,
        }
    }

    fn connection(place: Place) -> Connection {
        Connection {
            id: Id::from_random([1; 16]),
            account: "123456789012".parse().unwrap(),
            name: "reader".into(),
            databases: vec![],
            place,
            method: CredentialMethod::Keys,
            has_catalog_token: false,
            created: Timestamp::from_millis(0),
            updated: Timestamp::from_millis(0),
            version: 1,
        }
    }

    fn athena(prefix: &str) -> Connection {
        let service = AwsService { region: "us-east-1".into(), endpoint: None };
        let (workgroup, results) = ("primary".into(), objects(prefix));
        connection(Place::Athena { service, workgroup, results })
    }

    fn upload(bucket: &str, key: &str, upload: &str) -> Leftover {
        Leftover::Upload { bucket: bucket.into(), key: key.into(), upload: upload.into() }
    }

    fn execution(bucket: &str, folder: &str, id: Option<&str>) -> Leftover {
        let id = id.map(str::to_owned);
        Leftover::Execution { bucket: bucket.into(), folder: folder.into(), id }
    }

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn an_upload_lies_below_the_roots_of_the_connection_that_takes_results() {
        let files = connection(Place::Files(objects("out")));
        assert!(lies_within(&files, &upload("b", "out/q/a.csv", "abc~1")));
        let long = "x".repeat(MAX_NAME + 1);
        for (bucket, key, name) in [
            ("other", "out/q/a.csv", "abc"),
            ("b", "other/q/a.csv", "abc"),
            ("b", "out2/a.csv", "abc"),
            ("b", "out/../other/a.csv", "abc"),
            ("b", "out//a.csv", "abc"),
            ("b", "out/a\n.csv", "abc"),
            ("b", "out/a.csv", ""),
            ("b", "out/a.csv", "a b"),
            ("b", "out/a.csv", "a\n"),
            ("b", "out/a.csv", &long),
            ("b", &format!("out/{long}"), "abc"),
        ] {
            assert!(!lies_within(&files, &upload(bucket, key, name)), "{bucket} {key} {name}");
        }
        assert!(!lies_within(&athena("out"), &upload("b", "out/q/a.csv", "abc")));
        // What the operator lent for reading takes no results.
        let lent = Connection {
            method: CredentialMethod::Operator,
            databases: vec!["db".into()],
            ..files.clone()
        };
        assert!(!lies_within(&lent, &upload("b", "out/q/a.csv", "abc")));
    }

    #[test]
    fn an_execution_has_a_folder_of_its_own_that_is_named_as_ours() {
        for (prefix, folder) in [("", TOKEN.to_owned()), ("r/x", format!("r/x/{TOKEN}"))] {
            for id in [None, Some("0-a")] {
                assert!(lies_within(&athena(prefix), &execution("b", &folder, id)));
            }
            for id in ["", "a/b", "..", "a.csv", &"a".repeat(MAX_ID + 1)] {
                assert!(!lies_within(&athena(prefix), &execution("b", &folder, Some(id))), "{id}");
            }
            assert!(!lies_within(&athena(prefix), &execution("other", &folder, None)));
        }
        for folder in ["r", "r/", "r/reports", &format!("r/{TOKEN}/x"), &TOKEN.to_uppercase()] {
            assert!(!lies_within(&athena("r"), &execution("b", folder, None)), "{folder}");
        }
        let files = connection(Place::Files(objects("")));
        assert!(!lies_within(&files, &execution("b", TOKEN, None)));
    }
}
