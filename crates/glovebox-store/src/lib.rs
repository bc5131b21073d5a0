//! Metadata, reservations and ledger rows in SQLite.
