//! The room language, from the outside.

mod attacks;
mod reading;
