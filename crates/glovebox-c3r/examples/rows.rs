//! Reads CSV files given as lines `mode base64` on standard input, and writes their rows: for
//! comparing the dialect with another reader (docs/testing.md).

use std::io::{BufRead as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use glovebox_c3r::csv::{InputNull, Reader};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (mode, text) = line.split_once(' ').unwrap_or(("u", &line));
        let text = STANDARD.decode(text).map_err(std::io::Error::other)?;
        let null = match mode {
            "u" => InputNull::Empty,
            "b" => InputNull::Unquoted,
            "q" => InputNull::Quoted,
            _ => InputNull::Text("NULL".to_owned()),
        };
        let mut reader = Reader::new(&*text, null);
        loop {
            match reader.read() {
                Ok(Some(record)) => {
                    write!(out, "R")?;
                    for n in 0..record.len() {
                        match record.get(n) {
                            None => write!(out, ",N")?,
                            Some(it) => write!(out, ",V{}", STANDARD.encode(it))?,
                        }
                    }
                    write!(out, ";")?;
                }
                Ok(None) => break,
                Err(error) => {
                    let error = format!("{error:?}");
                    let name = error.split([' ', '{']).next().unwrap_or_default();
                    write!(out, "E{name}")?;
                    break;
                }
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
