//! Rows as a table of text, for people.

use glovebox_model::escape;

/// More rows than this are counted, not shown.
const MAX_ROWS: usize = 50;

/// Longer cells are cut, characters.
const MAX_WIDTH: usize = 60;

/// How NULL looks: no text can be mistaken for it, since text is never in brackets of this kind.
const NULL: &str = "NULL";

/// `rows` (the first is the header) as aligned columns, each line indented by two; numbers stand
/// to the right, and those with a long fraction are shown with four digits of it.
pub fn render(rows: &[Vec<Option<String>>]) -> String {
    let Some((header, body)) = rows.split_first() else { return String::new() };
    let shown = body.get(..MAX_ROWS.min(body.len())).unwrap_or_default();
    let columns = header.len();
    let numeric: Vec<bool> = (0..columns).map(|it| is_numeric(body, it)).collect();
    let mut lines: Vec<Vec<String>> = vec![header.iter().map(|it| cell(it.as_deref())).collect()];
    for row in shown {
        let number = |column: usize| numeric.get(column).copied().unwrap_or(false);
        let text = |(column, it): (usize, &Option<String>)| match it {
            Some(text) if number(column) => shortened(text),
            other => cell(other.as_deref()),
        };
        lines.push(row.iter().enumerate().map(text).collect());
    }
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|it| it.get(column));
        cells.map(|it| it.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();

    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let mut text = String::from(" ");
        for ((value, width), numeric) in line.iter().zip(&widths).zip(&numeric) {
            let pad = " ".repeat(width.saturating_sub(value.chars().count()));
            let padded = if *numeric { format!("{pad}{value}") } else { format!("{value}{pad}") };
            text.push_str(&format!(" {padded} "));
        }
        out.push_str(text.trim_end());
        out.push('\n');
        if index == 0 {
            let rules: Vec<String> = widths.iter().map(|it| "\u{2500}".repeat(*it)).collect();
            out.push_str(&format!("  {}\n", rules.join("  ")));
        }
    }
    if body.len() > shown.len() {
        out.push_str(&format!("  ... and {} more rows\n", body.len() - shown.len()));
    }
    out
}

fn is_numeric(body: &[Vec<Option<String>>], column: usize) -> bool {
    let mut values = body.iter().filter_map(|row| row.get(column)?.as_deref()).peekable();
    values.peek().is_some() && values.all(|it| it.parse::<f64>().is_ok())
}

fn cell(value: Option<&str>) -> String {
    let Some(value) = value else { return NULL.to_owned() };
    let text = escape(value);
    if text.chars().count() <= MAX_WIDTH {
        return text.into_owned();
    }
    let cut: String = text.chars().take(MAX_WIDTH.saturating_sub(3)).collect();
    format!("{cut}...")
}

/// A long fraction cut to four digits, for the eye only.
fn shortened(number: &str) -> String {
    let long = number.split_once('.').is_some_and(|(_, fraction)| fraction.len() > 4);
    match number.parse::<f64>() {
        Ok(value) if long && !number.contains(['e', 'E']) => format!("{value:.4}"),
        _ => cell(Some(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<Option<String>>> {
        crate::csv::parse(text).unwrap()
    }

    #[test]
    fn columns_are_aligned_and_numbers_stand_right() {
        let text = "maker,n,delay\nEMBRAER,104,16.695431\nA,7,-1.5\n\"ACME, INC\",,\n";
        let wanted = [
            "  maker         n    delay",
            "  ─────────  ────  ───────",
            "  EMBRAER     104  16.6954",
            "  A             7     -1.5",
            "  ACME, INC  NULL     NULL",
        ];
        assert_eq!(render(&rows(text)).lines().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn text_of_others_cannot_move_the_cursor() {
        let shown = render(&rows("a\n\"\u{1b}[2Jx\"\n"));
        assert!(shown.contains("\\u{1b}[2Jx"), "{shown}");
    }

    #[test]
    fn many_rows_are_counted() {
        let text: String = (0..=60).map(|it| format!("{it}\n")).collect();
        let shown = render(&rows(&text));
        assert!(shown.ends_with("... and 10 more rows\n"), "{shown}");
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(render(&[]), "");
    }
}
