//! Which noun a shape belongs to: the file its type is written to.

/// The first noun whose words occur in the shape's name wins.
const NOUNS: &[(&str, &[&str])] = &[
    ("errors", &["Exception"]),
    ("tags", &["Tag"]),
    (
        "intermediate_tables",
        &["IntermediateTable", "Inherited", "BaseTable", "PopulationAnalysis", "ChildResource"],
    ),
    ("log_exports", &["LogExport"]),
    ("jobs", &["ProtectedJob", "JobParameter", "JobType"]),
    ("id_mapping", &["IdMapping", "IdNamespace"]),
    (
        "ml",
        &[
            "AudienceModel",
            "Synthetic",
            "MLMember",
            "ModelTraining",
            "ModelInference",
            "MLPayment",
            "MaxMembershipInference",
        ],
    ),
    ("change_requests", &["Change"]),
    ("budgets", &["Budget", "Privacy", "Epsilon", "UsersNoise"]),
    (
        "templates",
        &[
            "AnalysisTemplate",
            "AnalysisParameter",
            "AnalysisFormat",
            "AnalysisSource",
            "AnalysisSchema",
            "ErrorMessage",
        ],
    ),
    (
        "rules",
        &[
            "AnalysisRule",
            "Aggregat",
            "JoinOperator",
            "JoinRequired",
            "ScalarFunction",
            "QueryConstraint",
            "ConsolidatedPolicy",
            "Comparison",
            "OutputColumn",
            "AdditionalAnal",
            "AllowedResultReceiver",
            "AnalysisProvider",
        ],
    ),
    ("schemas", &["Schema", "Column"]),
    (
        "queries",
        &[
            "ProtectedQuer",
            "ComputeConfiguration",
            "WorkerCompute",
            "Receiver",
            "DirectAnalysis",
            "ConfigurationDetails",
            "Parameter",
            "ResultFormat",
            "RetryInfo",
            "BilledResource",
        ],
    ),
    ("associations", &["TableAssociation"]),
    (
        "tables",
        &[
            "ConfiguredTable",
            "TableReference",
            "Glue",
            "Athena",
            "Snowflake",
            "Databricks",
            "AnalysisMethod",
        ],
    ),
    ("memberships", &["Membership"]),
    (
        "collaborations",
        &["Collaboration", "Member", "DataEncryption", "Payment", "Approv", "AnalyticsEngine"],
    ),
];

/// The noun of a shape; `common` if none claims it.
pub(crate) fn of(shape: &str) -> &'static str {
    NOUNS
        .iter()
        .find(|(_, words)| words.iter().any(|word| shape.contains(word)))
        .map_or("common", |(noun, _)| noun)
}

/// All nouns, sorted.
pub(crate) fn all() -> Vec<&'static str> {
    let mut nouns: Vec<_> = NOUNS.iter().map(|(noun, _)| *noun).chain(["common"]).collect();
    nouns.sort_unstable();
    nouns
}
