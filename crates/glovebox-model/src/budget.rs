//! Privacy budgets: what an owner offers in a collaboration, and how it renews.

mod period;

pub use period::AccessWindow;

use crate::ability::words;
use crate::{AccountId, Association, Collaboration, Id, Membership, Timestamp};

words! {
    /// How privacy loss is added up. Chosen for a pool when its budget template is created.
    Accountant {
        /// Pure epsilon, discrete Laplace noise.
        Pure "pure",
        /// Zero-concentrated differential privacy, discrete Gaussian noise: the default.
        Zcdp "zcdp",
    }

    /// How a budget for differential privacy renews.
    AutoRefresh {
        /// On the first of each month, UTC; nothing is carried over.
        CalendarMonth "CALENDAR_MONTH",
        /// Never.
        None "NONE",
    }

    /// What is budgeted.
    PrivacyBudgetType {
        /// Queries that touch a table.
        AccessBudget "ACCESS_BUDGET",
        /// Privacy loss.
        DifferentialPrivacy "DIFFERENTIAL_PRIVACY",
    }

    /// How long an access budget lasts.
    AccessPeriod {
        /// From midnight UTC.
        CalendarDay "CALENDAR_DAY",
        /// From the first of the month, UTC.
        CalendarMonth "CALENDAR_MONTH",
        /// From Sunday, midnight UTC.
        CalendarWeek "CALENDAR_WEEK",
        /// For ever.
        Lifetime "LIFETIME",
    }
}

/// A budget that a member offers in a collaboration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyBudgetTemplate {
    /// Names it.
    pub id: Id<Self>,
    /// Where it holds.
    pub collaboration: Id<Collaboration>,
    /// The owner's membership.
    pub membership: Id<Membership>,
    /// Whose data it protects.
    pub account: AccountId,
    /// What it offers.
    pub terms: BudgetTerms,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

impl BudgetTerms {
    /// What is budgeted.
    pub fn kind(&self) -> PrivacyBudgetType {
        match self {
            Self::Access(_) => PrivacyBudgetType::AccessBudget,
            Self::Privacy(_) => PrivacyBudgetType::DifferentialPrivacy,
        }
    }
}

/// What a budget offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BudgetTerms {
    /// Privacy loss, for all tables of the owner with differential privacy in the collaboration.
    Privacy(PrivacyTerms),
    /// Queries over one table.
    Access(AccessTerms),
}

/// A budget of privacy loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrivacyTerms {
    /// 1 to 20. May be raised, never lowered once something was spent.
    pub epsilon: u32,
    /// Noise in units of users: 10 to 100. May be changed at any time.
    pub users_noise: u32,
    /// How it renews. Never changes.
    pub auto_refresh: AutoRefresh,
    /// How it is added up. Frozen when the template is created.
    pub accountant: Accountant,
    /// The whole delta of one period, in units of 10^-18. Frozen when the template is created.
    pub delta_atto: u64,
}

/// A budget of queries over one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessTerms {
    /// The table.
    pub association: Id<Association>,
    /// One that renews, one for ever, or both.
    pub limits: Vec<AccessLimit>,
}

/// At most so many queries in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessLimit {
    /// The period.
    pub period: AccessPeriod,
    /// Queries.
    pub budget: u32,
    /// Whether it renews (`autoRefresh`), for periods that end.
    pub auto_refresh: bool,
}
