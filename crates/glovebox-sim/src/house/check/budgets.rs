//! Budgets, added up from what the ledger says was charged, by sums and calendars of our own.

use glovebox_model::{AccessPeriod, Association, Id};
use serde_json::Value;

use crate::house::state::{Charge, Restored};
use crate::house::stuck::Done;
use crate::house::world::World;

/// What the ledger shows an owner of a charge; nothing if nothing is charged, or not yet.
pub(super) fn charge(told: &str, (at, moment): (i64, i64)) -> Done<Option<Charge>> {
    let told: Value = serde_json::from_str(told)?;
    let text = |field: &str| told.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |field: &str| told.get(field).and_then(Value::as_u64).map_or(0, u128::from);
    let is_later = told.get("later").and_then(Value::as_bool) == Some(true);
    let (loss_nano, delta_atto) = (number("lossNano"), number("deltaAtto"));
    if is_later || (loss_nano, delta_atto) == (0, 0) {
        return Ok(None);
    }
    let (owner, population, period) = (text("owner"), text("population"), text("period"));
    Ok(Some(Charge { owner, population, period, loss_nano, delta_atto, at, moment }))
}

/// The greatest rho, in billionths, that gives (epsilon, delta)-DP, by a plain search over the
/// orders of Renyi divergence.
fn most_rho_nano(epsilon: u32, delta_atto: u64) -> f64 {
    let delta = (delta_atto / 2) as f64 / 1e18;
    if delta <= 0.0 {
        return 0.0;
    }
    let mut best = 0.0_f64;
    for step in 1..60_000 {
        let order = 1.0 + f64::from(step) / 500.0;
        let tail = order * (1.0 - 1.0 / order).ln();
        let rest = (delta.ln() + (order - 1.0).ln() - tail) / (order - 1.0);
        best = best.max((f64::from(epsilon) + rest) / order);
    }
    best * 1e9
}

/// `YYYY-MM` of a moment, and its day: counted from the epoch, year by year.
fn calendar(millis: i64) -> (String, i64) {
    let day = millis.div_euclid(86_400_000);
    let (mut year, mut left) = (1970_i64, day);
    let is_leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (format!("{year:04}-{month:02}"), day)
}

impl World {
    /// A charge is recorded: what was ever taken from its pool, also before a copy was accepted that
    /// has forgotten it, stays within what the owner offers now.
    pub(super) fn charged(&mut self, query: usize, tree: &str, charge: Charge) {
        self.seen.count("a charge");
        self.state.number += 1;
        self.counter = self.counter.max(self.state.number);
        self.raised = self.clock.millis();
        self.check_closed(query, &charge);
        let place = self.state.asked[query].place;
        let owner = self.state.people.iter().position(|it| it.account.to_string() == charge.owner);
        let budget = owner.and_then(|it| self.state.places[place].budgets.get(&it)).cloned();
        let Some(budget) = budget else {
            self.find("budgets", format!("query {query} was charged where nothing is offered"));
            return;
        };
        // By the clock, or by what was recorded before it went back; and periods do not go back.
        let months = [calendar(charge.at).0, calendar(charge.moment).0];
        let earlier = self.state.charges.iter().filter(|it| it.1.period != "ALL");
        let last = earlier.map(|it| it.1.period.clone()).max();
        let fits = match budget.monthly {
            true => months.contains(&charge.period) && last.is_none_or(|it| it <= charge.period),
            false => charge.period == "ALL",
        };
        if !fits {
            let said = &charge.period;
            self.find("budgets", format!("query {query} was charged in {said}, not {months:?}"));
        }
        self.state.charges.push((tree.to_owned(), charge.clone()));
        self.spent.push((tree.to_owned(), charge.clone()));
        let month = |it: &Charge| match it.period.as_str() {
            "ALL" => calendar(it.at).0,
            month => month.to_owned(),
        };
        let in_period = |(of, it): &&(String, Charge)| {
            of == tree
                && (&it.owner, &it.population) == (&charge.owner, &charge.population)
                && (!budget.monthly || month(it) == charge.period)
        };
        let (mut loss, mut delta) = (0.0_f64, 0_u128);
        for (_, it) in self.spent.iter().filter(in_period) {
            loss += it.loss_nano as f64;
            delta += it.delta_atto;
        }
        let most = most_rho_nano(budget.epsilon, budget.delta_atto);
        let most_delta = u128::from(budget.delta_atto - budget.delta_atto / 2);
        if loss > most * (1.0 + 1e-6) || delta > most_delta {
            self.find("budgets", format!("query {query} overdraws: {loss} of {most} billionths"));
        }
    }

    /// Nobody knows what an accepted copy has forgotten: nothing more is taken in a period that had
    /// begun by then.
    fn check_closed(&mut self, query: usize, charge: &Charge) {
        let Some(Restored { closed, .. }) = self.state.restored else { return };
        self.seen.count("a charge after a restore");
        if charge.period == "ALL" || charge.period <= calendar(closed).0 {
            let said = &charge.period;
            self.find("budgets", format!("query {query} was charged in {said}, which is closed"));
        }
    }

    /// A query is opened: every access budget that it takes from had something left.
    pub(super) fn count_access(&mut self, query: usize) {
        let Some(opened) = self.state.asked[query].facts.opened.clone() else { return };
        let place = self.state.asked[query].place;
        for association in opened.associations {
            let access = self.state.places[place].access.get(&association).cloned();
            let Some((access, (period, budget))) =
                access.and_then(|it| it.limit.map(|limit| (it, limit)))
            else {
                continue;
            };
            let used = self.opened_since(association, access.since, |moment| match period {
                AccessPeriod::CalendarDay => calendar(moment).1 == calendar(opened.moment).1,
                _ => true,
            });
            if used > budget {
                self.find("budgets", format!("query {query} is number {used} of {budget}"));
            }
        }
    }

    fn opened_since(
        &self,
        association: Id<Association>,
        since: i64,
        counts: impl Fn(i64) -> bool,
    ) -> u32 {
        let opened = self.state.asked.iter().filter_map(|it| it.facts.opened.as_ref());
        let counted = opened.filter(|it| {
            it.associations.contains(&association) && it.moment >= since && counts(it.moment)
        });
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        for (millis, month) in [
            (0, "1970-01"),
            (951_782_400_000, "2000-02"),
            (951_868_800_000, "2000-03"),
            (1_798_416_000_000, "2026-12"),
        ] {
            assert_eq!(calendar(millis).0, month);
        }
    }
}
