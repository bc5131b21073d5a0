//! The mini-language of rooms.
