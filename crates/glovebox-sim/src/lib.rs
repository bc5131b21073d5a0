//! Oracle, properties and simulation.
