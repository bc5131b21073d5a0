//! What a server says went wrong, in our words: its own may hold values of rows.

use std::io::ErrorKind;

use tokio_postgres::Error;

use crate::egress::cause;
use crate::table::Unavailable;

/// Of what was asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) database: &'a str,
    /// The table, or the server when no table is asked for yet.
    pub(super) path: &'a str,
}

/// Why a connection could not be made.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) why: Unavailable,
    /// Whether it may be otherwise in a moment.
    pub(super) passes: bool,
}

impl Refused {
    pub(super) fn for_good(why: Unavailable) -> Self {
        Self { why, passes: false }
    }
}

/// Why no connection was made.
pub(super) fn refused(error: &Error, asked: Asked<'_>) -> Refused {
    let unreachable = |what| Unavailable::Unreachable { path: asked.path.to_owned(), what };
    if let Some(code) = error.code() {
        let passes = matches!(code.code(), "53300" | "57P03");
        return Refused { why: said(code.code(), asked), passes };
    }
    let is_cut = |it: &std::io::Error| {
        matches!(
            it.kind(),
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof
        )
    };
    if error.is_closed() || cause::<std::io::Error>(error).is_some_and(is_cut) {
        let why = unreachable("it hung up while the connection was made");
        return Refused { why, passes: true };
    }
    Refused::for_good(unreachable("it could not agree with the house on how to log in"))
}

/// Why a statement failed.
pub(super) fn failed(error: &Error, asked: Asked<'_>) -> Unavailable {
    let path = asked.path.to_owned();
    match error.code() {
        Some(code) => said(code.code(), asked),
        None if error.is_closed() || cause::<std::io::Error>(error).is_some() => {
            Unavailable::Truncated { path }
        }
        None => Unavailable::Unreachable { path, what: "its server gave no usable answer" },
    }
}

/// Why rows do not come. The table is there and stays, so what is not found is something else.
pub(super) fn cut_short(error: &Error, asked: Asked<'_>) -> Unavailable {
    match error.code().map(tokio_postgres::error::SqlState::code) {
        Some("3F000" | "42P01" | "42703" | "42704" | "42883") => {
            let what = "a view or policy of it names what is not found: names need their schema \
                        there, for it is read with an empty search_path";
            Unavailable::Unreachable { path: asked.path.to_owned(), what }
        }
        _ => failed(error, asked),
    }
}

fn said(code: &str, Asked { database, path }: Asked<'_>) -> Unavailable {
    let path = path.to_owned();
    let what = match code {
        "28P01" => {
            return Unavailable::Unusable("the server does not accept the user and the password");
        }
        "28000" => {
            return Unavailable::Unusable(
                "the server does not let this user in from here, or not in this way (pg_hba.conf)",
            );
        }
        "3D000" => {
            let name = database.to_owned();
            return Unavailable::NotInCatalog { what: "PostgreSQL database", name };
        }
        "42501" => return Unavailable::Denied { path },
        "3F000" | "42P01" | "42703" | "42809" => return Unavailable::Changed { path },
        "25006" => {
            let what = "a view that writes when it is read".to_owned();
            return Unavailable::Unsupported { table: path, what };
        }
        "40001" | "40P01" => "its server gave the reading up for something else",
        "53300" => "its server has no connection left",
        "55P03" => "it was locked for too long",
        "57014" => "its server cancelled the reading, or its time there was up",
        "57P01" | "57P02" | "57P04" | "57P05" => "its server shut down, or ended the connection",
        "57P03" => "its server is starting up or shutting down",
        other => match other.get(..2) {
            Some("22") => "its server could not compute a row of it",
            Some("53") => "its server lacks memory or disk",
            Some("58") => "its server has a fault of its own",
            _ => "its server gave no usable answer",
        },
    };
    Unavailable::Unreachable { path, what }
}
