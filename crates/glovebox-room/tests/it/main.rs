//! The use-cases over a real store, one file per noun.

mod associations;
mod collaborations;
mod matrix;
mod memberships;
mod repeats;
mod rules;
mod schemas;
mod tables;
mod tags;
mod world;
