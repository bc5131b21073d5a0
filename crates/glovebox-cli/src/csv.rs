//! RFC 4180 as results are written: an empty field without quotes is NULL, with quotes is empty.

use anyhow::{Result, bail};

/// The rows of a CSV text, the header among them.
pub fn parse(text: &str) -> Result<Vec<Vec<Option<String>>>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut chars = text.chars().peekable();
    while chars.peek().is_some() {
        let mut field = String::new();
        let quoted = chars.next_if_eq(&'"').is_some();
        if quoted {
            loop {
                match chars.next() {
                    Some('"') if chars.next_if_eq(&'"').is_some() => field.push('"'),
                    Some('"') => break,
                    Some(c) => field.push(c),
                    None => bail!("a quoted field of the result does not end"),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| !matches!(c, ',' | '\n' | '\r')) {
                field.push(c);
            }
        }
        row.push((quoted || !field.is_empty()).then_some(field));
        match chars.next() {
            Some(',') => {
                if chars.peek().is_none() {
                    row.push(None);
                }
                continue;
            }
            Some('\r') => {
                chars.next_if_eq(&'\n');
            }
            Some('\n') | None => {}
            Some(_) => bail!("a field of the result goes on behind its quotes"),
        }
        rows.push(std::mem::take(&mut row));
    }
    if !row.is_empty() {
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn null_and_empty_text_stay_apart() {
        let rows = parse("a,b,c\n1,,\"\"\n,\"x, \"\"y\"\"\nz\",\n").unwrap();
        assert_eq!(rows[1], [some("1"), None, some("")]);
        assert_eq!(rows[2], [None, some("x, \"y\"\nz"), None]);
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn the_last_line_needs_no_end() {
        assert_eq!(parse("a\r\n1,").unwrap(), [vec![some("a")], vec![some("1"), None]]);
        assert!(parse("").unwrap().is_empty());
        assert!(parse("\"a").is_err());
        assert!(parse("\"a\"b").is_err());
    }
}
