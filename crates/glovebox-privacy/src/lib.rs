//! Price, reservation, release: the door values.
