//! Commands that speak to a server or work offline.

mod accuracy;
mod budget;
mod client;
mod connection;
mod credentials;
mod csv;
mod environment;
mod explain;
mod explain_there;
mod heads;
mod keeper;
mod ledger;
mod native;
pub mod output;
mod owner;
mod preview;
mod progress;
mod query;
mod render;
mod table;

pub use budget::{BudgetCommand, charts as budget_charts, run as run_budget};
pub use client::{Client, Refused};
pub use connection::{Connection, Surroundings};
pub use credentials::Credentials;
pub use csv::parse as parse_csv;
pub use environment::Environment;
pub use explain::{Answer, Question, answer as explain};
pub use explain_there::{AskedThere, explain as explain_there};
pub use heads::Heads;
pub use ledger::{LedgerCommand, VerifyArgs, earlier, fetch, judge, verify_file};
pub use native::{diagnostics, ledger};
pub use owner::{LintQuestion, SuggestQuestion, lint_answer, suggest_answer};
pub use preview::preview;
pub use progress::{DOORS, Walk, line as doors};
pub use query::{QueryCommand, fetch as fetch_result, poll, refusal, run as run_query, start};
pub use table::render as render_table;
