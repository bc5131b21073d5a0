//! Bytes in and out, a chunk at a time, checked against what the client says they are.

use std::fs::File;
use std::io::{self, Read, Write};

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};
use glovebox_catalog::{Buckets, Staged};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::dto::{Checksum, StreamingBlob};
use s3s::{S3Error, S3Result, TrailingHeaders, s3_error};

use super::error::{blocking, not_here};

/// What one disk access reads or writes at least, bytes.
const CHUNK: usize = 256 * 1024;

/// S3's limit for one PUT or one part: 5 GiB.
const MAX_BODY: u64 = 5 << 30;

const TRAILER: &str = "x-amz-trailer";
const DECODED_LENGTH: &str = "x-amz-decoded-content-length";

/// `length` bytes of `file` from where it stands.
pub(super) fn out(
    file: File,
    length: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let want = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let read = move || {
            let mut buffer = vec![0; want];
            file.read_exact(&mut buffer).map(|()| (file, buffer))
        };
        let (file, buffer) =
            tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
        let left = left.saturating_sub(want as u64);
        Ok(Some((Bytes::from(buffer), (file, left))))
    })
}

/// Digests that the client gave beside the body.
#[derive(Debug, Default)]
pub(super) struct Expected {
    pub(super) md5: Option<String>,
    pub(super) sums: Checksum,
}

/// A body on its way in.
pub(super) struct Incoming {
    pub(super) body: Option<StreamingBlob>,
    pub(super) headers: HeaderMap,
    pub(super) trailing: Option<TrailingHeaders>,
    pub(super) expected: Expected,
}

impl Incoming {
    /// Writes the body to a staging file, and checks length and digests.
    pub(super) async fn stage(self, buckets: &Buckets) -> S3Result<(Staged, Checksum)> {
        let Self { body, headers, trailing, expected } = self;
        let announced = announced(&headers)?;
        let mut sums = hasher(&expected.sums, &announced)?;
        let mut md5 = expected.md5.as_ref().map(|_| Md5::new());

        let account = buckets.clone();
        let mut staged = blocking(move || account.stage()).await?;
        let mut pending = BytesMut::new();
        let mut length = 0u64;
        let mut body = body;
        while let Some(chunk) = next(&mut body).await? {
            length = length.saturating_add(chunk.len() as u64);
            if length > MAX_BODY {
                return Err(s3_error!(EntityTooLarge));
            }
            sums.update(&chunk);
            if let Some(md5) = &mut md5 {
                md5.update(&chunk);
            }
            pending.extend_from_slice(&chunk);
            if pending.len() >= CHUNK {
                staged = written(staged, pending.split().freeze()).await?;
            }
        }
        let staged = written(staged, pending.freeze()).await?;

        if decoded_length(&headers)?.is_some_and(|it| it != length) {
            return Err(s3_error!(IncompleteBody));
        }
        let found = sums.finalize();
        agree(expected.md5.as_deref(), md5.map(|it| STANDARD.encode(it.finalize())).as_deref())?;
        compare(&expected.sums, &found)?;
        if !announced.is_empty() {
            let trailers = trailing.and_then(|it| it.take()).unwrap_or_default();
            compare(&from_trailers(&announced, &trailers)?, &found)?;
        }
        Ok((staged, found))
    }
}

async fn next(body: &mut Option<StreamingBlob>) -> S3Result<Option<Bytes>> {
    let Some(body) = body else { return Ok(None) };
    body.next().await.transpose().map_err(|error| match error.downcast::<S3Error>() {
        Ok(error) => *error,
        Err(_) => s3_error!(IncompleteBody),
    })
}

async fn written(mut staged: Staged, bytes: Bytes) -> S3Result<Staged> {
    blocking(move || {
        staged.write_all(&bytes)?;
        Ok(staged)
    })
    .await
}

/// The checksums that the client will send behind the body.
fn announced(headers: &HeaderMap) -> S3Result<Vec<String>> {
    let mut names = Vec::new();
    for value in headers.get_all(TRAILER) {
        let value = value.to_str().map_err(|_| s3_error!(InvalidRequest))?;
        names.extend(value.split(',').map(|it| it.trim().to_ascii_lowercase()));
    }
    Ok(names)
}

fn hasher(given: &Checksum, announced: &[String]) -> S3Result<ChecksumHasher> {
    let mut hasher = ChecksumHasher::default();
    let said = |name: &str| announced.iter().any(|it| it.strip_prefix(PREFIX) == Some(name));
    if let Some(other) = announced.iter().find(|it| !known_trailer(it)) {
        return Err(not_here(&format!("the trailer {other:?}")));
    }
    hasher.crc32 = (given.checksum_crc32.is_some() || said("crc32")).then(Crc32::new);
    hasher.crc32c = (given.checksum_crc32c.is_some() || said("crc32c")).then(Crc32c::new);
    hasher.crc64nvme =
        (given.checksum_crc64nvme.is_some() || said("crc64nvme")).then(Crc64Nvme::new);
    hasher.sha1 = (given.checksum_sha1.is_some() || said("sha1")).then(Sha1::new);
    hasher.sha256 = (given.checksum_sha256.is_some() || said("sha256")).then(Sha256::new);
    Ok(hasher)
}

const PREFIX: &str = "x-amz-checksum-";

fn known_trailer(name: &str) -> bool {
    let known = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];
    name.strip_prefix(PREFIX).is_some_and(|it| known.contains(&it))
}

fn from_trailers(announced: &[String], trailers: &HeaderMap) -> S3Result<Checksum> {
    let mut sums = Checksum::default();
    for name in announced {
        let value = trailers.get(name.as_str()).and_then(|it| it.to_str().ok());
        let value = value
            .ok_or_else(|| s3_error!(InvalidRequest, "a trailer that was announced is missing"))?
            .trim()
            .to_owned();
        match name.strip_prefix(PREFIX) {
            Some("crc32") => sums.checksum_crc32 = Some(value),
            Some("crc32c") => sums.checksum_crc32c = Some(value),
            Some("crc64nvme") => sums.checksum_crc64nvme = Some(value),
            Some("sha1") => sums.checksum_sha1 = Some(value),
            Some("sha256") => sums.checksum_sha256 = Some(value),
            _ => return Err(not_here(name)),
        }
    }
    Ok(sums)
}

/// Every digest that was given is the one that was found.
fn compare(given: &Checksum, found: &Checksum) -> S3Result<()> {
    agree(given.checksum_crc32.as_deref(), found.checksum_crc32.as_deref())?;
    agree(given.checksum_crc32c.as_deref(), found.checksum_crc32c.as_deref())?;
    agree(given.checksum_crc64nvme.as_deref(), found.checksum_crc64nvme.as_deref())?;
    agree(given.checksum_sha1.as_deref(), found.checksum_sha1.as_deref())?;
    agree(given.checksum_sha256.as_deref(), found.checksum_sha256.as_deref())
}

fn agree(given: Option<&str>, found: Option<&str>) -> S3Result<()> {
    if given.is_some() && given != found { Err(s3_error!(BadDigest)) } else { Ok(()) }
}

fn decoded_length(headers: &HeaderMap) -> S3Result<Option<u64>> {
    let Some(value) = headers.get(DECODED_LENGTH) else { return Ok(None) };
    let length = value.to_str().ok().and_then(|it| it.parse().ok());
    length.map(Some).ok_or_else(|| s3_error!(InvalidRequest))
}
