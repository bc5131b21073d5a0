//! What a role has to say so that the house may assume it.

use serde_json::{Value, json};

/// Stands for what only the operator knows.
pub(super) const OPERATOR: &str = "OPERATOR-ACCOUNT-ID";

/// The trust policy of a role: whole, but for the account of the house's operator.
pub(super) fn policy(external_id: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{OPERATOR}:root") },
            "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "sts:ExternalId": external_id } },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_policy_is_whole_and_demands_the_external_id() {
        let policy = policy("glovebox-1");
        let statement = &policy["Statement"][0];
        assert_eq!(policy["Version"], "2012-10-17");
        assert_eq!(statement["Effect"], "Allow");
        assert_eq!(statement["Action"], "sts:AssumeRole");
        assert_eq!(statement["Condition"]["StringEquals"]["sts:ExternalId"], "glovebox-1");
        assert_eq!(statement["Principal"]["AWS"], format!("arn:aws:iam::{OPERATOR}:root"));
    }
}
