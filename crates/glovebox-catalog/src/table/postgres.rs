//! Tables of a PostgreSQL server: what their columns are read as, what is asked, what comes back.

mod asked;
mod copied;
mod kind;
mod numeric;
