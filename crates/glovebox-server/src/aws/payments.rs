//! Who pays: what was said, and all of it as answers spell it out.

use glovebox_aws_api::shapes::{
    JobComputePaymentConfig, MLPaymentConfig, MembershipJobComputePaymentConfig,
    MembershipMLPaymentConfig, MembershipModelInferencePaymentConfig,
    MembershipModelTrainingPaymentConfig, MembershipPaymentConfiguration,
    MembershipQueryComputePaymentConfig, MembershipSyntheticDataGenerationPaymentConfig,
    ModelInferencePaymentConfig, ModelTrainingPaymentConfig, PaymentConfiguration,
    QueryComputePaymentConfig, SyntheticDataGenerationPaymentConfig,
    UpdateMembershipPaymentConfiguration,
};
use glovebox_model::Payment;
use glovebox_room::PaymentDraft;

/// What a creator asks a member to pay.
pub(super) fn asked(configuration: PaymentConfiguration) -> PaymentDraft {
    let PaymentConfiguration { query_compute, machine_learning, job_compute } = configuration;
    let (training, inference, synthetic) = machine_learning.map_or((None, None, None), |it| {
        let MLPaymentConfig { model_training, model_inference, synthetic_data_generation } = it;
        (model_training, model_inference, synthetic_data_generation)
    });
    PaymentDraft {
        query_compute: query_compute.is_responsible,
        job_compute: job_compute.map(|it| it.is_responsible),
        model_training: training.map(|it| it.is_responsible),
        model_inference: inference.map(|it| it.is_responsible),
        synthetic_data: synthetic.map(|it| it.is_responsible),
    }
}

/// What a member agrees to pay.
pub(super) fn agreed(configuration: MembershipPaymentConfiguration) -> PaymentDraft {
    let MembershipPaymentConfiguration { query_compute, machine_learning, job_compute } =
        configuration;
    let (training, inference, synthetic) = machine_learning.map_or((None, None, None), |it| {
        let MembershipMLPaymentConfig {
            model_training,
            model_inference,
            synthetic_data_generation,
        } = it;
        (model_training, model_inference, synthetic_data_generation)
    });
    PaymentDraft {
        query_compute: query_compute.is_responsible,
        job_compute: job_compute.map(|it| it.is_responsible),
        model_training: training.map(|it| it.is_responsible),
        model_inference: inference.map(|it| it.is_responsible),
        synthetic_data: synthetic.map(|it| it.is_responsible),
    }
}

/// What a member agrees to pay from now on.
pub(super) fn agreed_anew(configuration: UpdateMembershipPaymentConfiguration) -> PaymentDraft {
    let UpdateMembershipPaymentConfiguration { query_compute, machine_learning, job_compute } =
        configuration;
    let query_compute =
        query_compute.unwrap_or(MembershipQueryComputePaymentConfig { is_responsible: false });
    agreed(MembershipPaymentConfiguration { query_compute, machine_learning, job_compute })
}

/// A member's part, spelled out.
pub(super) fn of_member(payment: Payment) -> PaymentConfiguration {
    let Payment { query_compute, job_compute, model_training, model_inference, synthetic_data } =
        payment;
    PaymentConfiguration {
        query_compute: QueryComputePaymentConfig { is_responsible: query_compute },
        machine_learning: Some(MLPaymentConfig {
            model_training: Some(ModelTrainingPaymentConfig { is_responsible: model_training }),
            model_inference: Some(ModelInferencePaymentConfig { is_responsible: model_inference }),
            synthetic_data_generation: Some(SyntheticDataGenerationPaymentConfig {
                is_responsible: synthetic_data,
            }),
        }),
        job_compute: Some(JobComputePaymentConfig { is_responsible: job_compute }),
    }
}

/// A membership's part, spelled out.
pub(super) fn of_membership(payment: Payment) -> MembershipPaymentConfiguration {
    let Payment { query_compute, job_compute, model_training, model_inference, synthetic_data } =
        payment;
    MembershipPaymentConfiguration {
        query_compute: MembershipQueryComputePaymentConfig { is_responsible: query_compute },
        machine_learning: Some(MembershipMLPaymentConfig {
            model_training: Some(MembershipModelTrainingPaymentConfig {
                is_responsible: model_training,
            }),
            model_inference: Some(MembershipModelInferencePaymentConfig {
                is_responsible: model_inference,
            }),
            synthetic_data_generation: Some(MembershipSyntheticDataGenerationPaymentConfig {
                is_responsible: synthetic_data,
            }),
        }),
        job_compute: Some(MembershipJobComputePaymentConfig { is_responsible: job_compute }),
    }
}
