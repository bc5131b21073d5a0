//! The use-cases over a real store, one file per noun.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod associations;
mod bound;
mod budgets;
mod changes;
mod collaborations;
mod connections;
mod encrypted;
mod matrix;
mod memberships;
mod repeats;
mod restores;
mod road;
mod roles;
mod rules;
mod schemas;
mod tables;
mod tags;
mod templates;
mod world;
