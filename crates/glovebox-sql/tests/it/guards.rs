//! Guards, run.
