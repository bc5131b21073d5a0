//! Runs reserved plans, delivers released results.
