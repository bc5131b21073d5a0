//! From method and raw path to the operation and its labels.

use std::collections::BTreeMap;

use crate::generated::operations::Operation;
use crate::query::decode;

/// The decoded labels of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<&'static str, String>);

impl Labels {
    /// The label of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Finds the operation. The path is the raw, percent-encoded one, without query string: it is split
/// first and its labels are decoded after, so that an encoded slash stays within its label. `None`
/// if no operation has that method and path, or the path has an empty or dot segment (encoded or
/// not) or a broken escape.
#[must_use]
pub fn route(method: &str, raw_path: &str) -> Option<(Operation, Labels)> {
    let segments: Vec<&str> = raw_path.strip_prefix('/')?.split('/').collect();
    let decoded: Vec<String> = segments.iter().map(|s| decode(s)).collect::<Option<_>>()?;
    if decoded.iter().any(|segment| matches!(segment.as_str(), "" | "." | "..")) {
        return None;
    }
    Operation::ALL.iter().find_map(|&operation| {
        let facts = operation.facts();
        let labels = (facts.method == method).then(|| labels(facts.uri, &segments, &decoded))??;
        Some((operation, labels))
    })
}

fn labels(uri: &'static str, segments: &[&str], decoded: &[String]) -> Option<Labels> {
    let template = uri.strip_prefix('/')?.split('/');
    if template.clone().count() != segments.len() {
        return None;
    }
    let mut labels = BTreeMap::new();
    for (part, (raw, text)) in template.zip(segments.iter().zip(decoded)) {
        match part.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
            Some(label) => {
                labels.insert(label, text.clone());
            }
            None if part == *raw => {}
            None => return None,
        }
    }
    Some(Labels(labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_reached_by_its_own_template() {
        assert_eq!(Operation::ALL.len(), 103);
        for &operation in Operation::ALL {
            let facts = operation.facts();
            let path = facts.uri.replace(['{', '}'], "");
            let (found, labels) = route(facts.method, &path).unwrap();
            assert_eq!(found, operation);
            assert_eq!(labels.0.len(), facts.uri.matches('{').count());
        }
    }

    #[test]
    fn an_encoded_slash_stays_within_its_label() {
        let path = "/tags/arn%3Aaws%3Acleanrooms%3Aus-east-1%3A1%3Acollaboration%2Fx";
        let (operation, labels) = route("GET", path).unwrap();
        assert_eq!(operation, Operation::ListTagsForResource);
        assert_eq!(
            labels.get("resourceArn"),
            Some("arn:aws:cleanrooms:us-east-1:1:collaboration/x")
        );
    }

    #[test]
    fn crooked_paths_reach_nothing() {
        for path in [
            "",
            "collaborations",
            "/collaborations/",
            "//collaborations",
            "/./collaborations",
            "/memberships/../collaborations",
            "/collaborations/%2e%2e",
            "/collaborations/%2E",
            "/collaborations/%",
            "/collaborations/%ff",
            "/Collaborations",
            "/c%6fllaborations",
            "/collaborations/x/members/y",
            "/collaborations/x//members",
            "/",
        ] {
            assert_eq!(route("GET", path), None, "{path}");
        }
        assert_eq!(route("get", "/collaborations"), None);
        assert_eq!(route("PUT", "/collaborations"), None);
    }
}
