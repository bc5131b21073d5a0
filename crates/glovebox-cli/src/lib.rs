//! Commands that speak to a server or work offline.
