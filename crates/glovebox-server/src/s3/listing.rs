//! ListObjects, ListObjectsV2 and ListBuckets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use glovebox_catalog::{ListRequest, Listing};
use s3s::dto::{
    Bucket, CommonPrefix, EncodingType, ListBucketsInput, ListBucketsOutput, ListObjectsInput,
    ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass, Owner,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::Door;
use super::condition::{etag, moment};
use super::error::blocking;

/// S3's own limit for one page.
const MAX_KEYS: i32 = 1000;

impl Door {
    pub(super) async fn list_v1(
        &self,
        request: S3Request<ListObjectsInput>,
    ) -> S3Result<S3Response<ListObjectsOutput>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let write = Encoding::of(input.encoding_type.as_ref())?;
        let limit = limit(input.max_keys)?;
        let wanted = ListRequest {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone().filter(|it| !it.is_empty()),
            after: input.marker.clone().filter(|it| !it.is_empty()),
            limit,
        };
        let bucket = input.bucket.clone();
        let page = blocking(move || page(&buckets, &bucket, &wanted)).await?;
        let next = page.next.as_deref().filter(|_| input.delimiter.is_some());
        Ok(S3Response::new(ListObjectsOutput {
            name: Some(input.bucket),
            prefix: Some(write.text(input.prefix.as_deref().unwrap_or_default())),
            marker: Some(write.text(input.marker.as_deref().unwrap_or_default())),
            max_keys: i32::try_from(limit).ok(),
            is_truncated: Some(page.next.is_some()),
            next_marker: next.map(|it| write.text(it)),
            delimiter: input.delimiter.map(|it| write.text(&it)),
            encoding_type: input.encoding_type,
            common_prefixes: Some(write.prefixes(&page)),
            contents: Some(write.objects(&page)),
            ..Default::default()
        }))
    }

    pub(super) async fn list_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let buckets = self.buckets(&request, request.input.expected_bucket_owner.as_ref()).await?;
        let input = request.input;
        let write = Encoding::of(input.encoding_type.as_ref())?;
        let limit = limit(input.max_keys)?;
        let after = match &input.continuation_token {
            Some(token) => Some(from_token(token)?),
            None => input.start_after.clone().filter(|it| !it.is_empty()),
        };
        let wanted = ListRequest {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone().filter(|it| !it.is_empty()),
            after,
            limit,
        };
        let bucket = input.bucket.clone();
        let page = blocking(move || page(&buckets, &bucket, &wanted)).await?;
        let count = page.objects.len() + page.common_prefixes.len();
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(write.text(input.prefix.as_deref().unwrap_or_default())),
            max_keys: i32::try_from(limit).ok(),
            key_count: i32::try_from(count).ok(),
            continuation_token: input.continuation_token,
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next.as_deref().map(|it| URL_SAFE_NO_PAD.encode(it)),
            delimiter: input.delimiter.map(|it| write.text(&it)),
            start_after: input.start_after.map(|it| write.text(&it)),
            encoding_type: input.encoding_type,
            common_prefixes: Some(write.prefixes(&page)),
            contents: Some(write.objects(&page)),
            ..Default::default()
        }))
    }

    pub(super) async fn list_all_buckets(
        &self,
        request: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let account = Self::caller(&request)?.account;
        let buckets = self.buckets(&request, None).await?;
        let input = request.input;
        let after = input.continuation_token.as_deref().map(from_token).transpose()?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let most = input.max_buckets.map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(1));
        let entries = blocking(move || buckets.list_buckets()).await?;
        let mut found: Vec<Bucket> = entries
            .into_iter()
            .filter(|it| it.name.starts_with(&prefix))
            .filter(|it| after.as_ref().is_none_or(|after| it.name > *after))
            .map(|it| Bucket {
                bucket_region: Some(self.region.clone()),
                creation_date: Some(moment(it.created)),
                name: Some(it.name),
            })
            .collect();
        let more = found.len() > most.max(1);
        found.truncate(most.max(1));
        let last = found.last().and_then(|it| it.name.as_deref());
        Ok(S3Response::new(ListBucketsOutput {
            continuation_token: last.filter(|_| more).map(|it| URL_SAFE_NO_PAD.encode(it)),
            owner: Some(Owner { display_name: None, id: Some(account.to_string()) }),
            prefix: input.prefix,
            buckets: Some(found),
        }))
    }
}

fn page(
    buckets: &glovebox_catalog::Buckets,
    bucket: &str,
    wanted: &ListRequest,
) -> Result<Listing, glovebox_catalog::BucketError> {
    if wanted.limit == 0 {
        // Nothing was asked for, but of a bucket that must exist.
        let exists = buckets.bucket_exists(bucket)?;
        return exists.then(Listing::default).ok_or(glovebox_catalog::BucketError::NoSuchBucket);
    }
    buckets.list(bucket, wanted)
}

fn limit(max_keys: Option<i32>) -> S3Result<usize> {
    let most = max_keys.unwrap_or(MAX_KEYS).min(MAX_KEYS);
    usize::try_from(most).map_err(|_| s3_error!(InvalidArgument, "max-keys is negative"))
}

fn from_token(token: &str) -> S3Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|it| String::from_utf8(it).ok())
        .ok_or_else(|| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
}

/// How keys are written into the answer.
#[derive(Clone, Copy)]
enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    fn of(asked: Option<&EncodingType>) -> S3Result<Self> {
        match asked.map(EncodingType::as_str) {
            None => Ok(Self::Plain),
            Some("url") => Ok(Self::Url),
            Some(_) => Err(s3_error!(InvalidArgument, "Invalid Encoding Method specified")),
        }
    }

    fn text(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Url => percent_encoded(text),
        }
    }

    fn objects(self, page: &Listing) -> Vec<Object> {
        let object = |(key, head): &(String, glovebox_catalog::ObjectHead)| Object {
            key: Some(self.text(key)),
            e_tag: Some(etag(head)),
            last_modified: Some(moment(head.modified)),
            size: i64::try_from(head.size).ok(),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            ..Default::default()
        };
        page.objects.iter().map(object).collect()
    }

    fn prefixes(self, page: &Listing) -> Vec<CommonPrefix> {
        page.common_prefixes.iter().map(|it| CommonPrefix { prefix: Some(self.text(it)) }).collect()
    }
}

/// Everything but letters, digits and `-._~/`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
