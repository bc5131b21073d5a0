//! Cleared and terms to priced.

use glovebox_model::{AccountId, Code, Finding};
use glovebox_policy::{Cleared, PrivateQuery};

use crate::{Charge, Noising, Priced, Terms};

/// Prices a cleared query by the owners' terms.
///
/// Without differential privacy every query has the price zero. With it the price is a function
/// of the plan, the declarations and the budget template.
///
/// # Errors
/// All reasons why it has no price.
pub fn price(cleared: Cleared, terms: &Terms) -> Result<Priced, Vec<Finding>> {
    let Some(query) = cleared.private() else { return Ok(Priced::new(cleared)) };
    let (charge, noising) = priced(query, terms).map_err(|it| vec![*it])?;
    Ok(Priced::with_noise(cleared, charge, noising))
}

/// Whether the query would have a price; it is not allowed by that.
///
/// # Errors
/// Why it would have none.
pub fn has_price(query: &PrivateQuery, terms: &Terms) -> Result<(), Box<Finding>> {
    priced(query, terms).map(|_| ())
}

fn priced(query: &PrivateQuery, terms: &Terms) -> Result<(Charge, Noising), Box<Finding>> {
    let owner = query.owner;
    let Some(budget) = terms.budgets.get(&owner) else {
        let text = format!("account {owner} offers no privacy budget in this collaboration");
        let help = "ask it to create a privacy budget template";
        return Err(refused(430, "no-privacy-budget", text, help, owner));
    };
    if budget.accountant != query.accountant {
        let text = "the tables and the budget add up privacy loss in different ways".to_owned();
        let help = "ask their owner to declare the accountant of its budget template";
        return Err(refused(431, "other-accountant", text, help, owner));
    }
    let noising = Noising::new(query, budget).map_err(|it| {
        let text = format!("the noise of this query cannot be calibrated: {it}");
        let help = "aggregate smaller numbers, or ask the owner for a greater delta";
        refused(432, "not-calibrated", text, help, owner)
    })?;
    let charge = Charge {
        owner,
        population: query.population.clone(),
        accountant: budget.accountant,
        loss_nano: noising.cost().loss_nano,
        delta_atto: noising.cost().delta_atto,
        tables: query.tables.clone(),
    };
    Ok((charge, noising))
}

fn refused(
    code: u16,
    title: &'static str,
    text: String,
    help: &str,
    owner: AccountId,
) -> Box<Finding> {
    Box::new(Finding {
        code: Code(code),
        title,
        aws_text: None,
        text,
        span: None,
        table: None,
        owner: Some(owner.to_string()),
        help: Some(help.to_owned()),
        ask_owner: None,
    })
}
