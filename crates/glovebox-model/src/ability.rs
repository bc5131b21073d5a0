//! What a member may do, and who pays.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(clippy::enum_variant_names, reason = "these are AWS's words")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word as AWS writes it.
            pub fn aws_name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The word of that spelling.
            pub fn from_aws_name(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.aws_name() == text)
            }
        }
    )*};
}
pub(crate) use words;

words! {
    /// What a member may do in a collaboration.
    MemberAbility {
        /// Receive the event logs of an analysis.
        CanExportQueryAnalysisLog "CAN_EXPORT_QUERY_ANALYSIS_LOG",
        /// Run queries. Exactly one member can, and it never changes.
        CanQuery "CAN_QUERY",
        /// Receive results.
        CanReceiveResults "CAN_RECEIVE_RESULTS",
        /// Run jobs: the same member that runs queries.
        CanRunJob "CAN_RUN_JOB",
    }

    /// What a member may do with custom models. Stored and echoed.
    MlAbility {
        /// Receive the output of inference.
        CanReceiveInferenceOutput "CAN_RECEIVE_INFERENCE_OUTPUT",
        /// Receive the output of training.
        CanReceiveModelOutput "CAN_RECEIVE_MODEL_OUTPUT",
    }
}

/// What a member is responsible for paying. Who pays nothing has `false` everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Payment {
    /// `queryCompute`
    pub query_compute: bool,
    /// `jobCompute`
    pub job_compute: bool,
    /// `machineLearning.modelTraining`
    pub model_training: bool,
    /// `machineLearning.modelInference`
    pub model_inference: bool,
    /// `machineLearning.syntheticDataGeneration`
    pub synthetic_data: bool,
}
