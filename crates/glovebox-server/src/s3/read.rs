//! GetObject and HeadObject.

use glovebox_catalog::ObjectHead;
use s3s::dto::{
    GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range, StreamingBlob,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::body::out;
use super::condition::{Conditions, etag, moment};
use super::error::{blocking, not_here};
use super::{Door, Download};

impl Door {
    pub(super) async fn get(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let caller = Self::caller(&request)?;
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        plain(input.version_id.is_some(), input.part_number.is_some())?;
        let (bucket, key) = (input.bucket.clone(), input.key.clone());
        let mut reader = blocking(move || buckets.get(&bucket, &key)).await?;
        let head = reader.head.clone();
        Conditions {
            matches: input.if_match,
            none_match: input.if_none_match,
            modified_since: input.if_modified_since,
            unmodified_since: input.if_unmodified_since,
        }
        .check(&head)?;

        let (start, length) = span(input.range.as_ref(), &head)?;
        let reader = blocking(move || {
            reader.seek_to(start)?;
            Ok(reader)
        })
        .await?;
        let download = Download {
            account: caller.account,
            access_key_id: caller.access_key_id,
            bucket: input.bucket,
            key: input.key.clone(),
            bytes: length,
        };
        self.house.downloaded(download).await.map_err(|_| s3_error!(ServiceUnavailable))?;

        let content_range = input.range.map(|_| range_text(start, length, head.size));
        let output = GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            body: Some(StreamingBlob::wrap(out(reader.into_file(), length))),
            cache_control: input.response_cache_control,
            content_disposition: input.response_content_disposition,
            content_encoding: input.response_content_encoding,
            content_language: input.response_content_language,
            content_length: i64::try_from(length).ok(),
            content_range: content_range.clone(),
            content_type: Some(
                input.response_content_type.unwrap_or_else(|| content_type(&input.key)),
            ),
            e_tag: Some(etag(&head)),
            last_modified: Some(moment(head.modified)),
            ..Default::default()
        };
        let mut response = S3Response::new(output);
        if content_range.is_some() {
            response.status = Some(axum::http::StatusCode::PARTIAL_CONTENT);
        }
        Ok(response)
    }

    pub(super) async fn head(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        plain(input.version_id.is_some(), input.part_number.is_some())?;
        let (bucket, key) = (input.bucket, input.key.clone());
        let head = blocking(move || buckets.head(&bucket, &key)).await?;
        Conditions {
            matches: input.if_match,
            none_match: input.if_none_match,
            modified_since: input.if_modified_since,
            unmodified_since: input.if_unmodified_since,
        }
        .check(&head)?;
        let (start, length) = span(input.range.as_ref(), &head)?;
        let content_range = input.range.map(|_| range_text(start, length, head.size));
        let status = content_range.as_ref().map(|_| axum::http::StatusCode::PARTIAL_CONTENT);
        let mut response = S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(length).ok(),
            content_range,
            content_type: Some(content_type(&input.key)),
            e_tag: Some(etag(&head)),
            last_modified: Some(moment(head.modified)),
            ..Default::default()
        });
        response.status = status;
        Ok(response)
    }
}

fn plain(version: bool, part: bool) -> S3Result<()> {
    match (version, part) {
        (true, _) => Err(not_here("a version of an object")),
        (_, true) => Err(not_here("reading by part number")),
        _ => Ok(()),
    }
}

/// First byte and length of what is asked for.
fn span(range: Option<&Range>, head: &ObjectHead) -> S3Result<(u64, u64)> {
    let Some(range) = range else { return Ok((0, head.size)) };
    let span = range.check(head.size).map_err(|_| s3_error!(InvalidRange))?;
    Ok((span.start, span.end.saturating_sub(span.start)))
}

fn range_text(start: u64, length: u64, size: u64) -> String {
    format!("bytes {start}-{}/{size}", (start + length).saturating_sub(1))
}

/// By the name's ending: types given at upload are not kept.
fn content_type(key: &str) -> String {
    let kind = match key.rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv") => "text/csv",
        Some("json") => "application/json",
        Some("ndjson") => "application/x-ndjson",
        Some("parquet") => "application/vnd.apache.parquet",
        _ => "binary/octet-stream",
    };
    kind.to_owned()
}
