//! The quotas of AWS's table, which the operator can set.

/// How many of each thing there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Collaborations that an account made and has not deleted.
    pub collaborations_per_account: u64,
    /// Members invited to a collaboration, besides its creator.
    pub members_per_collaboration: u64,
    /// Memberships of an account that are in force.
    pub memberships_per_account: u64,
    /// Tables that an account configured.
    pub tables_per_account: u64,
    /// Columns that a table allows.
    pub columns_per_allowlist: u64,
    /// Tables that a membership brought.
    pub associations_per_membership: u64,
    /// Templates of a membership.
    pub templates_per_membership: u64,
    /// Access budgets of a collaboration.
    pub access_budgets_per_collaboration: u64,
    /// Change requests of a collaboration that are neither carried out nor given up.
    pub change_requests_per_collaboration: u64,
    /// Bytes of an analysis rule, as it is stored.
    pub rule_bytes: u64,
    /// Tags of one thing.
    pub tags_per_resource: u64,
    /// Queries of a membership that run at once.
    pub running_queries_per_membership: u64,
    /// Queries of a membership that wait for one that runs.
    pub waiting_queries_per_membership: u64,
    /// Texts that an account may have explained in a minute, on the long run.
    pub explains_per_minute: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            collaborations_per_account: 10,
            members_per_collaboration: 5,
            memberships_per_account: 100,
            tables_per_account: 250,
            columns_per_allowlist: 100,
            associations_per_membership: 25,
            templates_per_membership: 25,
            access_budgets_per_collaboration: 25,
            change_requests_per_collaboration: 25,
            rule_bytes: 100 * 1024,
            tags_per_resource: 200,
            running_queries_per_membership: 5,
            waiting_queries_per_membership: 100,
            explains_per_minute: 120,
        }
    }
}
