//! A result on its way into a receiver's own object store.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use glovebox_model::{Connection, CredentialMethod, ObjectProtocol, Objects, Place};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt};

use crate::probe::store_address;
use crate::table::{Reach, Stop, Unavailable, from_store, results_store};

/// An object that is being written. Nothing of it is there before [`Upload::finish`], and nothing
/// is left of it when it is dropped instead.
///
/// It blocks: a thread of a tokio runtime on which that is allowed.
#[derive(Debug)]
pub struct Upload {
    store: Arc<dyn ObjectStore>,
    path: String,
    key: Path,
    buffer: Vec<u8>,
    parts: Option<Box<dyn MultipartUpload>>,
    stop: Stop,
}

/// Bytes of a part: the least that S3 takes is 5 MiB, and it takes 10,000 of them.
const PART: usize = 16 << 20;
/// Until parts that were sent are taken back.
const TAKE_BACK: Duration = Duration::from_secs(30);

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
    pub fn begin(reach: &Reach, bucket: &str, key: &str, stop: &Stop) -> Result<Self, Unavailable> {
        let path = format!("{bucket}/{key}");
        let Place::Files(objects) = &reach.connection.place else {
            return Err(Unavailable::Outside { path });
        };
        let parsed = Path::parse(key).map_err(|_| Unavailable::BadLocation)?;
        if !holds(&reach.connection, bucket, key) || parsed.as_ref() != key {
            return Err(Unavailable::Outside { path });
        }
        let store = results_store(objects, bucket, reach)?;
        let stop = stop.clone();
        Ok(Self { store, path, key: parsed, buffer: Vec::new(), parts: None, stop })
    }

    /// Publishes the object, in the place of an older one.
    pub fn finish(mut self) -> Result<(), Unavailable> {
        let buffer = std::mem::take(&mut self.buffer);
        let (path, key, store) = (self.path.clone(), self.key.clone(), Arc::clone(&self.store));
        match self.parts.take() {
            None => self.stop.wait(async {
                store.put(&key, buffer.into()).await.map_err(|it| from_store(&path, &it))?;
                Ok(())
            }),
            Some(mut parts) => {
                let finished = self.stop.wait(async {
                    if !buffer.is_empty() {
                        let part = parts.put_part(buffer.into());
                        part.await.map_err(|it| from_store(&path, &it))?;
                    }
                    parts.complete().await.map_err(|it| from_store(&path, &it))?;
                    Ok(())
                });
                if finished.is_err() {
                    self.parts = Some(parts);
                }
                finished
            }
        }
    }

    fn send(&mut self) -> Result<(), Unavailable> {
        let buffer = std::mem::take(&mut self.buffer);
        let Self { parts, store, key, path, stop, .. } = self;
        stop.wait(async {
            let fault = |it: object_store::Error| from_store(path, &it);
            if parts.is_none() {
                *parts = Some(store.put_multipart(key).await.map_err(fault)?);
            }
            match parts {
                Some(parts) => parts.put_part(buffer.into()).await.map_err(fault),
                None => Ok(()),
            }
        })
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
        if let Some(mut parts) = self.parts.take() {
            // Also when it was told to stop: what was sent is taken back.
            let taken_back = Stop::default().wait(async {
                // Of whoever hangs here no more is expected.
                drop(tokio::time::timeout(TAKE_BACK, parts.abort()).await);
                Ok(())
            });
            drop(taken_back);
        }
    }
}

/// Whether two buckets are one: the same protocol, place and name.
pub fn is_same_bucket((a, name): (&Objects, &str), (b, other): (&Objects, &str)) -> bool {
    a.protocol == b.protocol && place(a) == place(b) && name == other
}

/// Within what the names of buckets are unique, however it is written.
fn place(objects: &Objects) -> String {
    let address = store_address(objects);
    let Ok(parsed) = url::Url::parse(&address) else { return address };
    let (host, port) = (parsed.host_str().unwrap_or_default(), parsed.port_or_known_default());
    // Bucket names of AWS are unique in the world.
    if objects.protocol == ObjectProtocol::S3 && host.ends_with(".amazonaws.com") {
        return String::new();
    }
    format!("{host}:{}{}", port.unwrap_or_default(), parsed.path().trim_end_matches('/'))
}
