//! Where members' data lies.
