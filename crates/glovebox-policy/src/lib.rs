//! Rules and facts to cleared or refusals.
