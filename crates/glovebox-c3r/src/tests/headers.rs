//! Names of columns.

use super::cases;
use crate::{Header, HeaderError};

#[test]
fn names_are_normal_or_refused_as_the_java_client_does_it() {
    let cases = cases(include_str!("../../tests/vectors/unit/headers.json"));
    assert_eq!(cases.len(), 29);
    for case in cases {
        let input = case["input"].as_str().expect("text");
        let header = Header::new(input);
        let normal = header.as_ref().ok().map(Header::as_str);
        assert_eq!(normal, case["normalized"].as_str(), "{input:?}");
        for (key, suffix) in [("sealedDefault", "_sealed"), ("fingerprintDefault", "_fingerprint")]
        {
            let with_suffix = header.as_ref().ok().and_then(|it| it.with_suffix(suffix).ok());
            let with_suffix = with_suffix.as_ref().map(Header::as_str);
            assert_eq!(with_suffix, case[key].as_str(), "{input:?}");
        }
    }
}

#[test]
fn a_fault_in_a_name_says_where_it_is() {
    let at = |text| match Header::new(text) {
        Err(HeaderError::Character { at }) => at,
        other => panic!("{other:?}"),
    };
    assert_eq!(at("a-b"), 2);
    assert_eq!(at("ab--c"), 4);
    assert_eq!(at("  abé"), 3);
    assert_eq!(at("ab-"), 3);
    assert_eq!(Header::new(&"x".repeat(129)), Err(HeaderError::TooLong(129)));
    assert_eq!(Header::new("\u{2003}"), Err(HeaderError::Blank));
}
