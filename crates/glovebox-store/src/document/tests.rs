//! What is on disk stays readable: the forms as they are written, and what is refused.

use std::path::PathBuf;

use expect_test::{Expect, expect};
use glovebox_model::{
    AccessLimit, AccessPeriod, AccessTerms, Accountant, AutoRefresh, AwsService, BudgetTerms,
    Credentials, Id, ObjectRoot, Objects, Place, PrivacyTerms, Secret, Secrets,
};
use glovebox_model::{
    AdditionalAnalyses, AggregateColumns, AggregateExpressions, AggregateFunction,
    AggregationThreshold, AnalysisMethod, ApprovalStatus, AssociationTerms, Bounds, Change,
    ChangeRequestParts, ChangeSpecification, ChangeType, CollaborationTerms, Column, ColumnName,
    ColumnType, Declared, DefaultResult, EncryptedKind, Encryption, EncryptionMetadata, Extension,
    JoinOperator, MemberAbility, MemberChange, MemberTerms, MembershipTerms, MlAbility, Mode,
    OutputConstraint, ParameterType, Payment, ReferenceKind, ResultFormat, S3Output,
    ScalarFunction, TableReference, TableSchema, TemplateParameter, TemplateParts,
    WrittenAggregation, WrittenComparisons, WrittenCustom, WrittenList, WrittenRule,
};

use super::*;

/// Written so, and read back as it was.
fn stays<D>(noun: D::Noun, form: Expect)
where
    D: Document,
    D::Noun: PartialEq + std::fmt::Debug,
{
    let text = write::<D>(&noun).unwrap();
    form.assert_eq(&text);
    assert_eq!(read::<D>(&text).unwrap(), noun);
    let unknown = text.replacen("{\"v1\":{", "{\"v1\":{\"unknown\":1,", 1);
    assert!(read::<D>(&unknown).is_err(), "an unknown field is not passed over");
    let later = text.replacen("v1", "v2", 1);
    assert!(read::<D>(&later).is_err(), "a later version is not guessed at");
}

fn bounds(low: &str, high: &str) -> Bounds {
    Bounds { low: low.parse().unwrap(), high: high.parse().unwrap() }
}

fn columns(names: &[&str]) -> Vec<ColumnName> {
    names.iter().map(|it| ColumnName::new(it).unwrap()).collect()
}

#[test]
fn accounts_and_associations_stay_readable() {
    stays::<AccountDocument>(
        ("airline".into(), Some(PathBuf::from("/srv/tables"))),
        expect![[r#"{"v1":{"name":"airline","tables":"/srv/tables"}}"#]],
    );
    stays::<AssociationDocument>(
        (Some("d".into()), "arn".into()),
        expect![[r#"{"v1":{"description":"d","roleArn":"arn"}}"#]],
    );
}

#[test]
fn collaborations_and_members_stay_readable() {
    stays::<CollaborationDocument>(
        CollaborationTerms {
            name: "delays".into(),
            description: None,
            creator_display_name: "Airline".into(),
            encryption: Some(EncryptionMetadata {
                allow_cleartext: true,
                allow_duplicates: false,
                allow_joins_on_columns_with_different_names: true,
                preserve_nulls: false,
            }),
            query_log: true,
            job_log: false,
            auto_approved_changes: vec!["ADD_MEMBER".into()],
            allowed_result_regions: vec!["us-east-1".into()],
            metrics: false,
        },
        expect![[
            r#"{"v1":{"name":"delays","description":null,"creatorDisplayName":"Airline","encryption":{"allowCleartext":true,"allowDuplicates":false,"allowJoinsOnColumnsWithDifferentNames":true,"preserveNulls":false},"queryLog":true,"jobLog":false,"autoApprovedChanges":["ADD_MEMBER"],"allowedResultRegions":["us-east-1"],"metrics":false}}"#
        ]],
    );
    stays::<MemberDocument>(
        MemberTerms {
            display_name: "Airline".into(),
            abilities: vec![MemberAbility::CanQuery, MemberAbility::CanReceiveResults],
            ml_abilities: vec![MlAbility::CanReceiveModelOutput],
            payment: Payment { query_compute: true, ..Payment::default() },
        },
        expect![[
            r#"{"v1":{"displayName":"Airline","abilities":["CAN_QUERY","CAN_RECEIVE_RESULTS"],"mlAbilities":["CAN_RECEIVE_MODEL_OUTPUT"],"payment":{"queryCompute":true,"jobCompute":false,"modelTraining":false,"modelInference":false,"syntheticData":false}}}"#
        ]],
    );
}

#[test]
fn memberships_stay_readable() {
    stays::<MembershipDocument>(
        MembershipTerms {
            query_log: true,
            job_log: false,
            default_result: Some(DefaultResult {
                output: S3Output {
                    bucket: "results".into(),
                    key_prefix: Some("out/".into()),
                    format: ResultFormat::Parquet,
                    single_file: true,
                },
                role_arn: None,
            }),
            payment: Payment::default(),
            metrics: false,
            intervals: false,
        },
        expect![[
            r#"{"v1":{"queryLog":true,"jobLog":false,"defaultResult":{"output":{"bucket":"results","keyPrefix":"out/","format":"PARQUET","singleFile":true},"roleArn":null},"payment":{"queryCompute":false,"jobCompute":false,"modelTraining":false,"modelInference":false,"syntheticData":false},"metrics":false}}"#
        ]],
    );
}

#[test]
fn tables_stay_readable() {
    let column = |name: &str, kind| Column { name: ColumnName::new(name).unwrap(), kind };
    stays::<TableDocument>(
        TableParts {
            name: "flights".into(),
            description: None,
            reference: TableReference {
                region: Some("us-east-1".into()),
                ..TableReference::glue("airline", "flights")
            },
            schema: TableSchema {
                columns: vec![
                    column("carrier", ColumnType::String),
                    column("fare", ColumnType::Decimal { precision: 10, scale: 2 }),
                ],
                partition_keys: vec![column("year", ColumnType::Bigint)],
            },
            allowed_columns: columns(&["carrier"]),
            method: AnalysisMethod::DirectQuery,
            selected_methods: vec![],
        },
        expect![[
            r#"{"v1":{"name":"flights","description":null,"reference":{"region":"us-east-1","database":"airline","table":"flights"},"columns":[{"name":"carrier","kind":"string"},{"name":"fare","kind":"decimal(10,2)"}],"partitionKeys":[{"name":"year","kind":"bigint"}],"allowedColumns":["carrier"],"method":"DIRECT_QUERY","selectedMethods":[]}}"#
        ]],
    );
    stays::<TableDocument>(
        TableParts {
            name: "spend".into(),
            description: None,
            reference: TableReference {
                kind: ReferenceKind::Athena {
                    work_group: "primary".into(),
                    output_location: None,
                    catalog: Some("AwsDataCatalog".into()),
                },
                connection: Some(Id::from_random([9; 16])),
                ..TableReference::glue("sales", "spend")
            },
            schema: TableSchema::default(),
            allowed_columns: vec![],
            method: AnalysisMethod::DirectQuery,
            selected_methods: vec![],
        },
        expect![[
            r#"{"v1":{"name":"spend","description":null,"reference":{"region":null,"database":"sales","table":"spend","connection":"09090909-0909-4909-8909-090909090909","athena":{"workGroup":"primary","outputLocation":null,"catalog":"AwsDataCatalog"}},"columns":[],"partitionKeys":[],"allowedColumns":[],"method":"DIRECT_QUERY","selectedMethods":[]}}"#
        ]],
    );
}

#[test]
fn connections_stay_readable() {
    let (protocol, root) = ObjectRoot::parse("s3://acme/data").unwrap();
    let data = Objects {
        protocol,
        region: "us-east-1".into(),
        endpoint: None,
        roots: vec![root],
        encryption: None,
    };
    let service = AwsService { region: "us-east-1".into(), endpoint: None };
    stays::<ConnectionDocument>(
        ConnectionParts {
            name: "reader".into(),
            databases: vec!["sales".into()],
            place: Place::Glue { service, catalog_id: None, data },
        },
        expect![[
            r#"{"v1":{"name":"reader","databases":["sales"],"place":{"glue":{"service":{"region":"us-east-1","endpoint":null},"catalogId":null,"objects":{"region":"us-east-1","endpoint":null,"roots":["s3://acme/data"]}}}}}"#
        ]],
    );
    let secret = |it: &str| Secret::new(it.into());
    stays::<SecretsDocument>(
        Secrets {
            credentials: Credentials::Keys {
                access_key_id: "AKIA".into(),
                secret_access_key: secret("s"),
                session_token: None,
            },
            catalog_token: Some(secret("t")),
        },
        expect![[
            r#"{"v1":{"credentials":{"keys":{"accessKeyId":"AKIA","secretAccessKey":"s","sessionToken":null}},"catalogToken":"t"}}"#
        ]],
    );
}

#[test]
fn rules_stay_readable() {
    stays::<RuleDocument>(
        WrittenRule::Aggregation(WrittenAggregation {
            aggregate_columns: vec![AggregateColumns {
                columns: columns(&["delay", "distance"]),
                function: AggregateFunction::SumDistinct,
            }],
            join_columns: columns(&["tailnum"]),
            join_required: true,
            join_operators: Some(vec![JoinOperator::Or, JoinOperator::And]),
            dimension_columns: columns(&["carrier"]),
            scalar_functions: vec![ScalarFunction::ToChar],
            output_constraints: vec![OutputConstraint {
                column: columns(&["tailnum"]).remove(0),
                minimum: 25,
            }],
            additional_analyses: Some(AdditionalAnalyses::NotAllowed),
        }),
        expect![[
            r#"{"v1":{"aggregation":{"aggregateColumns":[{"columns":["delay","distance"],"function":"SUM_DISTINCT"}],"joinColumns":["tailnum"],"joinRequired":true,"joinOperators":["OR","AND"],"dimensionColumns":["carrier"],"scalarFunctions":["TO_CHAR"],"outputConstraints":[{"column":"tailnum","minimum":25}],"additionalAnalyses":"NOT_ALLOWED"}}}"#
        ]],
    );
    stays::<RuleDocument>(
        WrittenRule::List(WrittenList {
            join_columns: columns(&["id"]),
            join_operators: None,
            list_columns: columns(&["city"]),
            additional_analyses: None,
        }),
        expect![[
            r#"{"v1":{"list":{"joinColumns":["id"],"joinOperators":null,"listColumns":["city"],"additionalAnalyses":null}}}"#
        ]],
    );
}

#[test]
fn custom_rules_stay_readable() {
    let column = |name: &str| columns(&[name]).remove(0);
    let account = |digit: &str| digit.repeat(12).parse().unwrap();
    stays::<RuleDocument>(
        WrittenRule::Custom(WrittenCustom {
            additional_analyses: None,
            aggregation_thresholds: Some(vec![AggregationThreshold {
                identity: column("uid"),
                minimum: 100,
                output_columns: vec![(column("campaign"), 5), (column("day"), 0)],
                expressions: AggregateExpressions::ColumnsOnly,
            }]),
            allowed_additional_analyses: Some(vec![]),
            allowed_analyses: vec!["ANY_QUERY".into()],
            allowed_analysis_providers: Some(vec![account("1")]),
            allowed_result_receivers: None,
            comparison_controls: Some(WrittenComparisons {
                literal_columns: columns(&["campaign"]),
                column_columns: columns(&["uid"]),
            }),
            differential_privacy: None,
            disallowed_output_columns: Some(columns(&["age"])),
        }),
        expect![[
            r#"{"v1":{"custom":{"additionalAnalyses":null,"aggregationThresholds":[{"identity":"uid","minimum":100,"outputColumns":[["campaign",5],["day",0]],"expressions":"COLUMNS_ONLY"}],"allowedAdditionalAnalyses":[],"allowedAnalyses":["ANY_QUERY"],"allowedAnalysisProviders":["111111111111"],"allowedResultReceivers":null,"comparisonControls":{"literalColumns":["campaign"],"columnColumns":["uid"]},"disallowedOutputColumns":["age"]}}}"#
        ]],
    );
}

#[test]
fn templates_and_terms_stay_readable() {
    stays::<TemplateDocument>(
        TemplateParts {
            name: "reach".into(),
            description: None,
            text: "SELECT :n".into(),
            parameters: vec![TemplateParameter {
                name: "n".into(),
                kind: ParameterType::DoublePrecision,
                default: Some("1.5".into()),
            }],
            tables: vec!["t".into()],
        },
        expect![[
            r#"{"v1":{"name":"reach","description":null,"text":"SELECT :n","parameters":[{"name":"n","kind":"DOUBLE_PRECISION","default":"1.5"}],"tables":["t"]}}"#
        ]],
    );
    stays::<ExtensionDocument>(
        Extension {
            mode: Mode::Aws,
            max_groups_per_identity: Some(1),
            distinct_runner_rows: true,
            ..Extension::default()
        },
        expect![[
            r#"{"v1":{"mode":"aws","maxGroupsPerIdentity":1,"distinctRunnerRows":true,"suppressionNotice":false}}"#
        ]],
    );
    stays::<ExtensionDocument>(
        Extension {
            public_for_privacy: true,
            declared: Declared {
                bounds: [(columns(&["delay"]).remove(0), bounds("-60", "600.5"))].into(),
                max_groups_per_user: 3,
                public_keys: [(columns(&["carrier"]).remove(0), vec!["AA".into()])].into(),
                population: Some("aircraft".into()),
                ..Declared::default()
            },
            ..Extension::default()
        },
        expect![[
            r#"{"v1":{"mode":"strict","maxGroupsPerIdentity":null,"distinctRunnerRows":false,"suppressionNotice":false,"publicForPrivacy":true,"declared":{"bounds":{"delay":["-60","600.5"]},"maxGroupsPerUser":3,"maxRowsPerGroup":1,"minimumUsers":null,"publicKeys":{"carrier":["AA"]},"population":"aircraft","declaredUsers":null,"accountant":"zcdp","lifetimeEpsilon":null}}}"#
        ]],
    );
    let encryption = Encryption {
        columns: [
            (columns(&["email"]).remove(0), EncryptedKind::Fingerprint),
            (columns(&["name"]).remove(0), EncryptedKind::Sealed),
        ]
        .into(),
        without_nulls: columns(&["email"]).into_iter().collect(),
    };
    stays::<ExtensionDocument>(
        Extension { encryption, ..Extension::default() },
        expect![[
            r#"{"v1":{"mode":"strict","maxGroupsPerIdentity":null,"distinctRunnerRows":false,"suppressionNotice":false,"encryption":{"columns":{"email":"fingerprint","name":"sealed"},"withoutNulls":["email"]}}}"#
        ]],
    );
    stays::<AssociationTermsDocument>(
        AssociationTerms {
            receivers: Some(vec!["1".repeat(12).parse().unwrap()]),
            additional_analyses: None,
        },
        expect![[r#"{"v1":{"receivers":["111111111111"],"additionalAnalyses":null}}"#]],
    );
}

#[test]
fn budgets_stay_readable() {
    stays::<BudgetDocument>(
        BudgetTerms::Privacy(PrivacyTerms {
            epsilon: 10,
            users_noise: 30,
            auto_refresh: AutoRefresh::CalendarMonth,
            accountant: Accountant::Zcdp,
            delta_atto: 1_000_000_000_000,
        }),
        expect![[
            r#"{"v1":{"privacy":{"epsilon":10,"usersNoise":30,"autoRefresh":"CALENDAR_MONTH","accountant":"zcdp","deltaAtto":1000000000000}}}"#
        ]],
    );
    let limit = |period, auto_refresh| AccessLimit { period, budget: 5, auto_refresh };
    stays::<BudgetDocument>(
        BudgetTerms::Access(AccessTerms {
            association: Id::from_random([3; 16]),
            limits: vec![
                limit(AccessPeriod::CalendarWeek, true),
                limit(AccessPeriod::Lifetime, false),
            ],
        }),
        expect![[
            r#"{"v1":{"access":{"association":"03030303-0303-4303-8303-030303030303","limits":[{"period":"CALENDAR_WEEK","budget":5,"autoRefresh":true},{"period":"LIFETIME","budget":5,"autoRefresh":false}]}}}"#
        ]],
    );
}

#[test]
fn change_requests_stay_readable() {
    let account: glovebox_model::AccountId = "1".repeat(12).parse().unwrap();
    let member = MemberChange {
        account,
        abilities: vec![MemberAbility::CanReceiveResults],
        ml_abilities: None,
        payment: Some(Payment::default()),
        display_name: Some("New".into()),
    };
    let change = |specification, kind| Change { specification, types: [kind].into() };
    stays::<ChangeDocument>(
        ChangeRequestParts {
            changes: vec![
                change(ChangeSpecification::Member(member), ChangeType::AddMember),
                change(
                    ChangeSpecification::AutoApproved(vec![ChangeType::AddMember]),
                    ChangeType::EditAutoApprovedChangeTypes,
                ),
            ],
            auto_approved: false,
            approvals: [(account, ApprovalStatus::Pending)].into(),
        },
        expect![[
            r#"{"v1":{"changes":[{"specification":{"member":{"account":"111111111111","abilities":["CAN_RECEIVE_RESULTS"],"mlAbilities":null,"payment":{"queryCompute":false,"jobCompute":false,"modelTraining":false,"modelInference":false,"syntheticData":false},"displayName":"New"}},"types":["ADD_MEMBER"]},{"specification":{"autoApproved":["ADD_MEMBER"]},"types":["EDIT_AUTO_APPROVED_CHANGE_TYPES"]}],"autoApproved":false,"approvals":{"111111111111":"PENDING"}}}"#
        ]],
    );
}

#[test]
fn words_that_no_version_wrote_are_refused() {
    let text = r#"{"v1":{"list":{"joinColumns":["id"],"joinOperators":["XOR"],"listColumns":[],"additionalAnalyses":null}}}"#;
    assert!(read::<RuleDocument>(text).is_err());
    assert!(read::<RuleDocument>(&text.replace("XOR", "OR")).is_ok());
    assert!(read::<RuleDocument>(&text.replace("XOR", "OR").replace("\"id\"", "\"i;d\"")).is_err());
    for bad in ["", "null", "{}", "[]", "{\"v1\":{}}", "{\"v1\":null}"] {
        assert!(read::<RuleDocument>(bad).is_err(), "{bad}");
    }
}
