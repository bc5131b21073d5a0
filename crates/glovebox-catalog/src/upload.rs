//! A result on its way into a receiver's own object store.

mod parts;

use std::io::{self, Write};
use std::sync::Arc;

use glovebox_model::{Connection, CredentialMethod, ObjectProtocol, Objects, Place};
use object_store::ObjectStoreExt;
use object_store::path::Path;

pub(crate) use parts::abort;
use parts::{Parts, Target};

use crate::probe::store_address;
use crate::table::{Reach, Stop, Unavailable, from_taker, results_store};

/// An object that is being written. Nothing of it is there before [`Upload::finish`], and nothing
/// is left of it when it is dropped instead.
///
/// It blocks: a thread of a tokio runtime on which that is allowed.
#[derive(Debug)]
pub struct Upload {
    target: Arc<Target>,
    buffer: Vec<u8>,
    parts: Option<Parts>,
    stop: Stop,
}

/// Bytes of a part: the least that S3 takes is 5 MiB, and it takes 10,000 of them.
const PART: usize = 16 << 20;

/// The object store of an account that a bucket belongs to: the connection whose roots hold the
/// key, among those that reach files.
pub fn holds(connection: &Connection, bucket: &str, key: &str) -> bool {
    let holds =
        |objects: &Objects| objects.roots.iter().any(|it| it.bucket == bucket && it.holds(key));
    // The operator's own credentials write only where they were bound for nothing else.
    let may_write =
        connection.method != CredentialMethod::Operator || connection.databases.is_empty();
    may_write && matches!(&connection.place, Place::Files(objects) if holds(objects))
}

impl Upload {
    /// Begins an object. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Unavailable::Outside`] when the connection does not reach there.
    pub fn begin(
        reach: &Arc<Reach>,
        bucket: &str,
        key: &str,
        stop: &Stop,
    ) -> Result<Self, Unavailable> {
        let path = format!("{bucket}/{key}");
        let Place::Files(objects) = &reach.connection.place else {
            return Err(Unavailable::Outside { path });
        };
        let parsed = Path::parse(key).map_err(|_| Unavailable::BadLocation)?;
        if !holds(&reach.connection, bucket, key) || parsed.as_ref() != key {
            return Err(Unavailable::Outside { path });
        }
        let store = results_store(objects, bucket, reach)?;
        let (reach, bucket) = (Arc::clone(reach), bucket.to_owned());
        let target = Arc::new(Target { store, reach, bucket, key: parsed });
        Ok(Self { target, buffer: Vec::new(), parts: None, stop: stop.clone() })
    }

    /// Publishes the object, in the place of an older one.
    pub fn finish(mut self) -> Result<(), Unavailable> {
        let buffer = std::mem::take(&mut self.buffer);
        let target = Arc::clone(&self.target);
        let Some(mut parts) = self.parts.take() else {
            return self.stop.wait(async {
                let put = target.store.put(&target.key, buffer.into()).await;
                put.map(drop).map_err(|it| from_taker(&target.path(), &it))
            });
        };
        let finished = self.stop.wait(async {
            if !buffer.is_empty() {
                parts.send(buffer).await?;
            }
            parts.complete().await
        });
        if finished.is_err() {
            self.parts = Some(parts);
        }
        finished
    }

    fn send(&mut self) -> Result<(), Unavailable> {
        let buffer = std::mem::take(&mut self.buffer);
        if self.parts.is_none() {
            let (parts, noted) = Parts::begin(&self.target, &self.stop)?;
            self.parts = Some(parts);
            // No byte is sent before it is written down that it will have to be taken back.
            self.stop.wait(noted)?;
        }
        match &mut self.parts {
            Some(parts) => self.stop.wait(parts.send(buffer)),
            None => Ok(()),
        }
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PART.saturating_sub(self.buffer.len());
        let count = bytes.len().min(room);
        self.buffer.extend_from_slice(bytes.get(..count).unwrap_or_default());
        if self.buffer.len() >= PART {
            self.send().map_err(io::Error::other)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.take() {
            // Also when it was told to stop: what was sent is taken back.
            drop(Stop::default().wait(parts.take_back()));
        }
    }
}

/// Whether two buckets are one, as they are written: the same place and name. Whether two names of
/// hosts lead to one machine is not known here.
pub fn is_same_bucket((a, name): (&Objects, &str), (b, other): (&Objects, &str)) -> bool {
    place(a) == place(b) && name == other
}

/// Within what the names of buckets are unique, however it is written.
fn place(objects: &Objects) -> (ObjectProtocol, String) {
    let protocol = objects.protocol;
    let address = store_address(objects);
    let Ok(parsed) = url::Url::parse(&address) else { return (protocol, address) };
    let host = parsed.host_str().unwrap_or_default().trim_end_matches('.');
    // Bucket names of AWS are unique in the world, and so are Google's, which speaks S3, too.
    if protocol == ObjectProtocol::S3 && host.ends_with(".amazonaws.com") {
        return (protocol, String::new());
    }
    if protocol != ObjectProtocol::Azure && host.ends_with(".googleapis.com") {
        return (ObjectProtocol::Gcs, String::new());
    }
    let port = parsed.port_or_known_default().unwrap_or_default();
    (protocol, format!("{host}:{port}{}", parsed.path().trim_end_matches('/')))
}
