//! Any headers are a claim or an error; never panics.
#![no_main]

use glovebox_aws_api::sigv4::{API, Claim, Request, S3, gates};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, &str, &[u8], &[u8], i64)| {
    let (path, query, authorization, date, now) = data;
    let headers: [(&str, &[u8]); 3] =
        [("host", b"h"), ("authorization", authorization), ("x-amz-date", date)];
    for method in ["GET", "POST"] {
        let request = Request { method, path, query, headers: &headers };
        if let Ok(claim) = Claim::of(&request) {
            let _ = gates(&API, &claim, &request, now);
            let _ = gates(&S3, &claim, &request, now);
        }
    }
});
