//! When privacy budgets will be spent: by whom so far, how fast, and what another budget would
//! change. Shares are for people and charts; what may still be charged is decided in whole numbers.

use std::collections::BTreeMap;

use glovebox_model::{
    AccountId, Collaboration, Id, PageRequest, PrivacyBudgetTemplate, PrivacyBudgetType,
    PrivacyTerms, Query, Timestamp,
};
use glovebox_privacy::{Allowance, Calibration};
use glovebox_store::{BudgetFilter, PrivacyCharge, Tx};

use super::state::{affordable, spent};
use super::{Affordable, Frozen, privacy_terms};
use crate::authorize::Place;
use crate::{Action, Caller, Room, RoomError};

const DAY_MILLIS: f64 = 86_400_000.0;

/// A privacy budget, what became of it so far and what will.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// What is offered.
    pub template: PrivacyBudgetTemplate,
    /// What it offers.
    pub terms: PrivacyTerms,
    /// The name of the running period, and when it ends.
    pub period: (String, Option<Timestamp>),
    /// Of the pool that was used most.
    pub outlook: Outlook,
    /// The share of the allowed loss that each runner has taken, and in how many queries.
    pub runners: BTreeMap<AccountId, (u64, f64)>,
    /// Each charge that the caller may see: the owner all, a runner its own.
    pub charges: Vec<Spending>,
    /// The same with the budget that was asked about.
    pub what_if: Option<(u32, u32, Outlook)>,
}

/// One query's share.
#[derive(Debug, Clone, PartialEq)]
pub struct Spending {
    /// The query.
    pub query: Id<Query>,
    /// Who ran it.
    pub runner: AccountId,
    /// Whose users.
    pub population: String,
    /// Of the allowed loss.
    pub share: f64,
    /// When.
    pub charged: Timestamp,
}

/// How a budget stands and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// The share of the allowed loss that was taken; more than one if the budget was smaller.
    pub spent: f64,
    /// The share that goes in a day, at the pace since the first charge of the period.
    pub per_day: f64,
    /// When nothing will be left at that pace; `None` if the budget renews before, or nothing goes.
    pub exhausted: Option<Timestamp>,
    /// What is affordable.
    pub affordable: Vec<Affordable>,
}

impl Room {
    /// The forecast of every privacy budget of a collaboration. Native.
    pub async fn budget_forecast(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        what_if: Option<(u32, u32)>,
    ) -> Result<Vec<Forecast>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetBudgetForecast;
        let granted = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let kind = Some(PrivacyBudgetType::DifferentialPrivacy);
        let filter = BudgetFilter { kind, association: None };
        let mut page = PageRequest::first();
        let mut found = Vec::new();
        loop {
            let some = tx.list_collaboration_budget_templates(id, filter, page).await?;
            for template in some.items {
                let Some(terms) = privacy_terms(&template) else { continue };
                let offered = (template, terms);
                found.push(forecast(&mut tx, granted.account, offered, what_if).await?);
            }
            match some.next {
                Some(next) => page.after = Some(next),
                None => return Ok(found),
            }
        }
    }
}

async fn forecast(
    tx: &mut Tx,
    reader: AccountId,
    (template, terms): (PrivacyBudgetTemplate, PrivacyTerms),
    what_if: Option<(u32, u32)>,
) -> Result<Forecast, RoomError> {
    let (place, owner) = (template.collaboration, template.account);
    let charges = tx.privacy_charges(place, owner, terms.auto_refresh).await?;
    let spent = spent(tx, &template, terms).await?;
    let now = tx.now();
    let ends = terms.auto_refresh.span(now).map(|it| it.1);
    let first = charges.first().map(|it| it.charged);
    let days = first.map(|it| days(it, now).max(1.0));
    let allowed = allowed(terms.epsilon, terms);
    let outlook = |epsilon: u32, users_noise: u32| -> Result<Outlook, RoomError> {
        let frozen = Frozen { accountant: terms.accountant, delta_atto: terms.delta_atto };
        let share = share(spent.loss_nano, self::allowed(epsilon, terms));
        // Queries go on as they went, each at what it costs under the other noise.
        let pace = days.map_or(0.0, |days| share / days);
        let per_day = pace * unit(terms, users_noise) / unit(terms, terms.users_noise);
        let exhausted =
            exhaustion(share, per_day, now).filter(|it| ends.is_none_or(|end| *it < end));
        let affordable = affordable(frozen, epsilon, users_noise, spent)?;
        Ok(Outlook { spent: share, per_day, exhausted, affordable })
    };
    let mut runners: BTreeMap<AccountId, (u64, f64)> = BTreeMap::new();
    for it in &charges {
        let (n_queries, taken) = runners.entry(it.runner).or_default();
        *n_queries += 1;
        *taken += share(it.loss_nano, allowed);
    }
    let visible = charges.into_iter().filter(|it| reader == owner || reader == it.runner);
    let spending = |it: PrivacyCharge| Spending {
        query: it.query,
        runner: it.runner,
        population: it.population,
        share: share(it.loss_nano, allowed),
        charged: it.charged,
    };
    let what_if = match what_if {
        Some((epsilon, noise)) => Some((epsilon, noise, outlook(epsilon, noise)?)),
        None => None,
    };
    Ok(Forecast {
        outlook: outlook(terms.epsilon, terms.users_noise)?,
        period: (terms.auto_refresh.period(now), ends),
        runners,
        charges: visible.map(spending).collect(),
        what_if,
        template,
        terms,
    })
}

/// The loss that an epsilon allows under the frozen terms.
fn allowed(epsilon: u32, terms: PrivacyTerms) -> u64 {
    Allowance::new(terms.accountant, epsilon, terms.delta_atto).total.loss_nano
}

/// What the cheapest query costs under a noise.
fn unit(terms: PrivacyTerms, users_noise: u32) -> f64 {
    let cost = Calibration::new(terms.accountant, users_noise, 1).map(|it| it.loss_nano(1));
    real(cost.unwrap_or(1).max(1))
}

fn share(loss_nano: u64, allowed: u64) -> f64 {
    real(loss_nano) / real(allowed.max(1))
}

fn days(from: Timestamp, to: Timestamp) -> f64 {
    let millis = to.as_millis().saturating_sub(from.as_millis());
    real(millis.max(0).unsigned_abs()) / DAY_MILLIS
}

/// When a share of one is reached; `None` if that is more than a thousand years away.
#[expect(clippy::cast_possible_truncation, reason = "at most a thousand years in milliseconds")]
fn exhaustion(spent: f64, per_day: f64, now: Timestamp) -> Option<Timestamp> {
    let days = (1.0 - spent).max(0.0) / per_day;
    if !(0.0..=365_000.0).contains(&days) {
        return None;
    }
    let millis = (days * DAY_MILLIS).ceil() as i64;
    Some(Timestamp::from_millis(now.as_millis().saturating_add(millis)))
}

#[expect(clippy::cast_precision_loss, reason = "shares are for people and charts")]
fn real(it: u64) -> f64 {
    it as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_leads_to_a_day() {
        let now = Timestamp::from_millis(1_000);
        let in_days = |days: i64| Some(Timestamp::from_millis(1_000 + days * 86_400_000));
        assert_eq!(exhaustion(0.5, 0.25, now), in_days(2));
        assert_eq!(exhaustion(1.5, 0.25, now), Some(now), "it is spent already");
        assert_eq!(exhaustion(0.5, 0.0, now), None);
        assert_eq!(exhaustion(0.0, 0.0, now), None);
        assert_eq!(exhaustion(0.0, 1e-9, now), None, "nobody waits so long");
    }
}
