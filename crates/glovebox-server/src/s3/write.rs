//! PutObject, CopyObject, DeleteObject, DeleteObjects.

use glovebox_catalog::{BucketError, Publish};
use s3s::dto::{
    Checksum, CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput,
    DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETagCondition,
    Error, PutObjectInput, PutObjectOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::Door;
use super::body::{Expected, Incoming};
use super::condition::{Conditions, etag, moment};
use super::error::{blocking, from_bucket, not_here};

/// S3's limit for one CopyObject: 5 GiB.
const MAX_COPY: u64 = 5 << 30;

/// S3's limit for one DeleteObjects.
const MAX_DELETES: usize = 1000;

impl Door {
    pub(super) async fn put(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let S3Request { input, headers, trailing_headers, .. } = request;
        let mode = match (&input.if_match, &input.if_none_match) {
            (None, None) => Publish::Replace,
            (None, Some(ETagCondition::Any)) => Publish::New,
            _ => return Err(not_here("If-Match, or If-None-Match other than *, on PutObject")),
        };
        if input.write_offset_bytes.is_some() {
            return Err(not_here("appending to an object"));
        }
        writable(&buckets, &input.bucket, &input.key).await?;
        let incoming = Incoming {
            body: input.body,
            headers,
            trailing: trailing_headers,
            expected: Expected {
                md5: input.content_md5,
                sums: Checksum {
                    checksum_crc32: input.checksum_crc32,
                    checksum_crc32c: input.checksum_crc32c,
                    checksum_crc64nvme: input.checksum_crc64nvme,
                    checksum_sha1: input.checksum_sha1,
                    checksum_sha256: input.checksum_sha256,
                    ..Default::default()
                },
            },
        };
        let (staged, sums) = incoming.stage(&buckets).await?;
        let head =
            blocking(move || buckets.publish(staged, &input.bucket, &input.key, mode)).await?;
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(etag(&head)),
            checksum_crc32: sums.checksum_crc32,
            checksum_crc32c: sums.checksum_crc32c,
            checksum_crc64nvme: sums.checksum_crc64nvme,
            checksum_sha1: sums.checksum_sha1,
            checksum_sha256: sums.checksum_sha256,
            ..Default::default()
        }))
    }

    pub(super) async fn copy(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        let source_owner = request.input.expected_source_bucket_owner.clone();
        self.buckets(&request, source_owner.as_ref()).await?;
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let (bucket, key) = match &input.copy_source {
            CopySource::Bucket { bucket, key, version_id: None } => {
                (bucket.to_string(), key.to_string())
            }
            _ => return Err(not_here("a copy from a version or an access point")),
        };
        let conditions = Conditions {
            matches: input.copy_source_if_match,
            none_match: input.copy_source_if_none_match,
            ..Default::default()
        };
        let probe = (buckets.clone(), bucket.clone(), key.clone());
        let source = blocking(move || probe.0.head(&probe.1, &probe.2)).await?;
        if source.size > MAX_COPY {
            return Err(s3_error!(InvalidRequest, "a copy is at most 5 GiB"));
        }
        conditions.check(&source).map_err(|_| s3_error!(PreconditionFailed))?;
        if bucket == input.bucket && key == input.key {
            return Err(s3_error!(
                InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself \
                 without changing anything"
            ));
        }
        let head =
            blocking(move || buckets.copy((&bucket, &key), (&input.bucket, &input.key))).await?;
        Ok(S3Response::new(CopyObjectOutput {
            copy_object_result: Some(CopyObjectResult {
                e_tag: Some(etag(&head)),
                last_modified: Some(moment(head.modified)),
                ..Default::default()
            }),
            ..Default::default()
        }))
    }

    pub(super) async fn delete_one(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let conditional = input.if_match.is_some()
            || input.if_match_size.is_some()
            || input.if_match_last_modified_time.is_some();
        if conditional || input.version_id.is_some() || input.mfa.is_some() {
            return Err(not_here("a delete of a version, or under conditions"));
        }
        blocking(move || buckets.delete(&input.bucket, &input.key)).await?;
        let mut response = S3Response::new(DeleteObjectOutput::default());
        response.status = Some(axum::http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    pub(super) async fn delete_many(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        if input.delete.objects.is_empty() || input.delete.objects.len() > MAX_DELETES {
            return Err(s3_error!(MalformedXML));
        }
        let unlikely = |it: &s3s::dto::ObjectIdentifier| {
            it.version_id.is_some()
                || it.e_tag.is_some()
                || it.size.is_some()
                || it.last_modified_time.is_some()
        };
        if input.mfa.is_some() || input.delete.objects.iter().any(unlikely) {
            return Err(not_here("a delete of a version, or under conditions"));
        }
        let quiet = input.delete.quiet.unwrap_or(false);
        let keys: Vec<String> = input.delete.objects.into_iter().map(|it| it.key).collect();
        let bucket = input.bucket;
        let done = blocking(move || {
            if !buckets.bucket_exists(&bucket)? {
                return Err(BucketError::NoSuchBucket);
            }
            let delete = |key: String| {
                let outcome = buckets.delete(&bucket, &key);
                (key, outcome)
            };
            Ok(keys.into_iter().map(delete).collect::<Vec<_>>())
        })
        .await?;
        let mut output = DeleteObjectsOutput::default();
        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for (key, outcome) in done {
            match outcome {
                Ok(_) => deleted.push(DeletedObject { key: Some(key), ..Default::default() }),
                Err(error) => {
                    let error = from_bucket(error);
                    errors.push(Error {
                        code: Some(error.code().as_str().to_owned()),
                        key: Some(key),
                        message: error.message().map(str::to_owned),
                        version_id: None,
                    });
                }
            }
        }
        output.deleted = (!quiet).then_some(deleted);
        output.errors = Some(errors).filter(|it| !it.is_empty());
        Ok(S3Response::new(output))
    }
}

/// Refuses a write that cannot succeed before its bytes are taken in.
pub(super) async fn writable(
    buckets: &glovebox_catalog::Buckets,
    bucket: &str,
    key: &str,
) -> S3Result<()> {
    glovebox_catalog::check_key(key).map_err(from_bucket)?;
    let (buckets, bucket) = (buckets.clone(), bucket.to_owned());
    let exists = blocking(move || buckets.bucket_exists(&bucket)).await?;
    if exists { Ok(()) } else { Err(from_bucket(BucketError::NoSuchBucket)) }
}
