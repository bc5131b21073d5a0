//! Uploads in parts.

use glovebox_catalog::UploadId;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Checksum, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput,
    ListPartsInput, ListPartsOutput, Part, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::Door;
use super::body::{Expected, Incoming};
use super::condition::{etag, moment};
use super::error::{blocking, from_bucket, not_here};

/// S3's own limit for one page of parts.
const MAX_PARTS: i32 = 1000;

impl Door {
    pub(super) async fn begin_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let (bucket, key) = (input.bucket.clone(), input.key.clone());
        let id = blocking(move || buckets.begin_upload(&bucket, &key)).await?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id.to_string()),
            ..Default::default()
        }))
    }

    pub(super) async fn put_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let S3Request { input, headers, trailing_headers, .. } = request;
        let upload = id(&input.upload_id)?;
        let number = u16::try_from(input.part_number)
            .ok()
            .filter(|it| (1..=10_000).contains(it))
            .ok_or_else(|| s3_error!(InvalidArgument, "a part number is 1 to 10000"))?;
        let probe = (buckets.clone(), input.bucket.clone(), input.key.clone(), upload.clone());
        blocking(move || probe.0.list_parts((&probe.1, &probe.2), &probe.3)).await?;
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
        let part = blocking(move || {
            buckets.put_part((&input.bucket, &input.key), &upload, number, staged)
        })
        .await?;
        Ok(S3Response::new(UploadPartOutput {
            e_tag: Some(etag(&part.head)),
            checksum_crc32: sums.checksum_crc32,
            checksum_crc32c: sums.checksum_crc32c,
            checksum_crc64nvme: sums.checksum_crc64nvme,
            checksum_sha1: sums.checksum_sha1,
            checksum_sha256: sums.checksum_sha256,
            ..Default::default()
        }))
    }

    pub(super) async fn complete_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let summed = input.checksum_crc32.is_some()
            || input.checksum_crc32c.is_some()
            || input.checksum_crc64nvme.is_some()
            || input.checksum_sha1.is_some()
            || input.checksum_sha256.is_some();
        if summed || input.if_match.is_some() || input.if_none_match.is_some() {
            return Err(not_here("a checksum of the whole, or a condition, on completion"));
        }
        let upload = id(&input.upload_id)?;
        let mut parts = Vec::new();
        for part in input.multipart_upload.and_then(|it| it.parts).unwrap_or_default() {
            let number = part.part_number.and_then(|it| u16::try_from(it).ok());
            let number = number.ok_or_else(|| s3_error!(InvalidPart))?;
            parts.push((number, part.e_tag.map(s3s::dto::ETag::into_value)));
        }
        if !parts.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(s3_error!(InvalidPartOrder));
        }
        let (bucket, key) = (input.bucket.clone(), input.key.clone());
        let head =
            blocking(move || buckets.complete_upload((&bucket, &key), &upload, &parts)).await?;
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(etag(&head)),
            ..Default::default()
        }))
    }

    pub(super) async fn abort_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let upload = id(&input.upload_id)?;
        blocking(move || buckets.abort_upload((&input.bucket, &input.key), &upload)).await?;
        let mut response = S3Response::new(AbortMultipartUploadOutput::default());
        response.status = Some(axum::http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    pub(super) async fn parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let upload = id(&input.upload_id)?;
        let most = input.max_parts.unwrap_or(MAX_PARTS).clamp(1, MAX_PARTS);
        let after = input.part_number_marker.unwrap_or(0);
        let (bucket, key) = (input.bucket.clone(), input.key.clone());
        let all = blocking(move || buckets.list_parts((&bucket, &key), &upload)).await?;
        let mut parts: Vec<Part> = all
            .into_iter()
            .filter(|it| i32::from(it.number) > after)
            .map(|it| Part {
                part_number: Some(i32::from(it.number)),
                e_tag: Some(etag(&it.head)),
                last_modified: Some(moment(it.head.modified)),
                size: i64::try_from(it.head.size).ok(),
                ..Default::default()
            })
            .collect();
        let kept = usize::try_from(most).unwrap_or_default();
        let truncated = parts.len() > kept;
        parts.truncate(kept);
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            max_parts: Some(most),
            part_number_marker: Some(after),
            next_part_number_marker: parts.last().and_then(|it| it.part_number),
            is_truncated: Some(truncated),
            parts: Some(parts),
            ..Default::default()
        }))
    }
}

fn id(text: &str) -> S3Result<UploadId> {
    text.parse().map_err(from_bucket)
}
