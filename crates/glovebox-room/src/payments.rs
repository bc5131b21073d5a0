//! Who agrees to pay for what.

use glovebox_model::{Member, MemberAbility, Payment};

use crate::RoomError;

/// A payment configuration as sent; what is absent was not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentDraft {
    /// `queryCompute.isResponsible`
    pub query_compute: bool,
    /// `jobCompute.isResponsible`
    pub job_compute: Option<bool>,
    /// `machineLearning.modelTraining.isResponsible`
    pub model_training: Option<bool>,
    /// `machineLearning.modelInference.isResponsible`
    pub model_inference: Option<bool>,
    /// `machineLearning.syntheticDataGeneration.isResponsible`
    pub synthetic_data: Option<bool>,
}

impl PaymentDraft {
    /// What was not said is not paid.
    pub(crate) fn payment(self) -> Payment {
        let Self { query_compute, job_compute, model_training, model_inference, synthetic_data } =
            self;
        Payment {
            query_compute,
            job_compute: job_compute.unwrap_or(false),
            model_training: model_training.unwrap_or(false),
            model_inference: model_inference.unwrap_or(false),
            synthetic_data: synthetic_data.unwrap_or(false),
        }
    }
}

/// What a member agrees to pay when it joins: exactly what it was asked to. Who runs queries need
/// not say so; who is asked to pay and does not run queries must.
pub(crate) fn agree(member: &Member, draft: Option<PaymentDraft>) -> Result<Payment, RoomError> {
    let asked = member.terms.payment;
    let runs = member.terms.may(MemberAbility::CanQuery);
    let Some(draft) = draft else {
        if asked != Payment::default() && !runs {
            return Err(RoomError::field(
                "paymentConfiguration",
                "you were asked to pay: say that you agree",
            ));
        }
        return Ok(asked);
    };
    let said = |value: Option<bool>, asked: bool| value.is_none_or(|it| it == asked);
    let PaymentDraft {
        query_compute,
        job_compute,
        model_training,
        model_inference,
        synthetic_data,
    } = draft;
    let equal = query_compute == asked.query_compute
        && said(job_compute, asked.job_compute)
        && said(model_training, asked.model_training)
        && said(model_inference, asked.model_inference)
        && said(synthetic_data, asked.synthetic_data);
    if equal {
        Ok(asked)
    } else {
        let message = "this is not what the collaboration asks you to pay";
        Err(RoomError::field("paymentConfiguration", message))
    }
}
