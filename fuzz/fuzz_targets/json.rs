//! Any body of any operation is a validated input or an error; never panics.
#![no_main]

use glovebox_aws_api::shapes::{
    CreateCollaborationInput, CreateConfiguredTableAnalysisRuleInput, StartProtectedQueryInput,
};
use glovebox_aws_api::{Input, Query, route};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, &str, &[u8])| {
    let (path, query, body) = data;
    let Some(query) = Query::parse(query) else { return };
    for method in ["GET", "POST", "PATCH", "DELETE"] {
        let Some((_, labels)) = route(method, path) else { continue };
        let _ = CreateCollaborationInput::parse(&labels, &query, body);
        let _ = CreateConfiguredTableAnalysisRuleInput::parse(&labels, &query, body);
        let _ = StartProtectedQueryInput::parse(&labels, &query, body);
    }
    if let Some((_, labels)) = route("GET", "/collaborations") {
        let _ = CreateCollaborationInput::parse(&labels, &query, body);
    }
});
