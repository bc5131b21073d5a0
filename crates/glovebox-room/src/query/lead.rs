//! Who leads a walk: time and chance in a house, a seed in simulation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use glovebox_privacy::{Draw, Insecure, NoEntropy, SampleKey, SecureDraw, SecureNoise};

use super::stopped::Stopped;
use super::walker::Walker;

/// How often a walk looks for the wish to stop.
const LOOK: Duration = Duration::from_millis(250);

/// Whoever leads walks within its own process, in place of time and chance.
pub trait Lead: fmt::Debug + Send + Sync {
    /// The walk has come to this point, one of those of [`crate::CrashPoint`]. It goes on when the
    /// future is ready; whoever lets it die there drops the walk.
    fn at(&self, point: &'static str) -> BoxFuture<'_, ()>;

    /// Ready when the walk shall look for the wish to stop, and renew its claim.
    fn look(&self) -> BoxFuture<'_, ()>;

    /// Where the noise of the walk's one release is drawn.
    ///
    /// # Errors
    /// [`Insecure`] when there shall be none.
    fn draw(&self) -> Result<Box<dyn Draw + Send>, Insecure>;

    /// What contributions to the walk's query are bounded by.
    ///
    /// # Errors
    /// [`NoEntropy`] when there shall be none.
    fn key(&self) -> Result<SampleKey, NoEntropy>;
}

impl Walker {
    /// The same walker, led by somebody: also its noise is no secret then.
    #[must_use]
    pub fn dangerous_led_by(self, lead: Arc<dyn Lead>) -> Self {
        Self { lead: Some(lead), ..self }
    }

    /// Between two doors: where a walk may be told to die.
    pub(super) async fn at(&self, point: &'static str) -> Result<(), Stopped> {
        if let Some(lead) = &self.lead {
            lead.at(point).await;
        }
        self.crash.at(point)
    }

    /// Waits until it is time to look at the query again; whether its claim is renewed then,
    /// `looks` looks after the last time.
    pub(super) async fn look(&self, looks: i64, looks_per_renewal: i64) -> bool {
        match &self.lead {
            Some(lead) => {
                lead.look().await;
                true
            }
            None => {
                tokio::time::sleep(LOOK).await;
                looks % looks_per_renewal == 0
            }
        }
    }

    pub(super) fn draw(&self) -> Result<Box<dyn Draw + Send>, Insecure> {
        match &self.lead {
            Some(lead) => lead.draw(),
            None => Ok(Box::new(SecureDraw::new()?)),
        }
    }

    pub(super) fn sample_key(&self) -> Result<SampleKey, NoEntropy> {
        match &self.lead {
            Some(lead) => lead.key(),
            None => SampleKey::fresh(&mut SecureNoise),
        }
    }
}

/// Looks between two renewals of a claim that holds for so long.
pub(super) fn looks_per_renewal(lease_millis: i64) -> i64 {
    lease_millis / 4 / i64::try_from(LOOK.as_millis()).unwrap_or(i64::MAX)
}
