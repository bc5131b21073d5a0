//! HTTP doors: the AWS API, the native API, S3, health.
//!
//! [`House`] is what all doors share, [`router`] is the four of them as one service, [`Server`]
//! opens them on an address.

mod answer;
mod api;
mod aws;
mod errors;
mod health;
mod house;
mod metrics;
mod native;
mod operator;
mod router;
mod s3;
mod seats;
mod serve;
mod standing;
mod wire;

pub use house::House;
pub use metrics::Metrics;
pub use native::{parse_connection, shown_connection};
pub use operator::{OperatorServer, Watched};
pub use router::router;
pub use s3::{Download, S3Door, S3House, S3Key, Unavailable, is_signature_v2};
pub use serve::{Server, ServerConfig, Stop, TlsFiles, TlsReload};
pub use standing::{Asker, Reason, Standing};
