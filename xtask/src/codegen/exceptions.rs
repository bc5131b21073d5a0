//! The one list of places where the model is wrong, and what we do instead.

/// A maximal length of the model that we do not apply.
pub(crate) struct WrongMaximum {
    /// The shape.
    pub(crate) shape: &'static str,
    /// The model's maximum, in characters; the generator fails if it changes.
    pub(crate) model: u64,
    /// Ours.
    pub(crate) ours: u64,
    /// Why.
    pub(crate) reason: &'static str,
}

/// Every wrong maximum (aws-clean-rooms.md section 0, item 9).
pub(crate) const WRONG_MAXIMA: &[WrongMaximum] = &[
    WrongMaximum {
        shape: "CleanroomsArn",
        model: 100,
        ours: 256,
        reason: "an analysis template's ARN with two UUIDs has 143 characters",
    },
    WrongMaximum {
        shape: "ConfiguredTableAssociationArn",
        model: 100,
        ours: 256,
        reason: "an ARN of the shape's own pattern with two UUIDs has 142 characters",
    },
    WrongMaximum {
        shape: "PrivacyBudgetTemplateArn",
        model: 100,
        ours: 256,
        reason: "an ARN of the shape's own pattern has 105 characters in ap-southeast-2",
    },
];

/// The patterns that are written by hand, because they look ahead or name surrogates, with the name
/// of the function in `crates/glovebox-aws-api/src/pattern.rs` that stands for each.
pub(crate) const BY_HAND: &[(&str, &str)] = &[
    (
        r".*(?!^(\d+\.)+\d+$)(^(([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])$).*",
        "bucket",
    ),
    (r"(?!\s+$)[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t\r\n]*", "description"),
    (r"(?!\s*$)[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*", "name"),
    (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*", "line"),
    (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t\r\n]*", "text"),
];
