//! Drawing noise: exact samplers over a generator that is proven to be the secure one.
//!
//! The samplers are OpenDP's, of CKS20: whole-number arithmetic on exact rationals, no floating
//! point. Their bytes come from OpenSSL's private generator (`RAND_priv_bytes`) only when OpenDP is
//! built with its feature `use-openssl`; without it they silently come from `rand`'s thread
//! generator. Three things notice that:
//!
//! 1. `cargo xtask tidy` asks `cargo metadata` whether the feature is on;
//! 2. [`assert_secure`], run at start-up and before the first draw, takes OpenSSL's generator away
//!    for a moment: a sampler that still draws does not use it;
//! 3. a test does the same in a process of its own.
//!
//! One draw takes time that grows with the noise it gives (known; OpenDP #1324). Releases are held
//! to public edges of time, so it does not show there.

use std::sync::OnceLock;

use dashu::integer::{IBig, UBig};
use dashu::rational::RBig;
use opendp::traits::samplers;

use crate::Ratio;

/// No noise was drawn; the result is withheld and the charge stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDrawn {
    /// The generator gave no bytes.
    #[error("the generator of noise gave no bytes")]
    NoEntropy,
    /// The number does not fit 128 bits.
    #[error("a noisy number does not fit 128 bits")]
    TooLarge,
}

/// The secure generator is not in use: no private query may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Insecure {
    /// OpenDP draws although OpenSSL's generator is away: it was built without `use-openssl`.
    #[error("noise does not come from the secure generator: OpenDP lacks its feature use-openssl")]
    OtherGenerator,
    /// OpenSSL gives no bytes, or gave the same bytes twice.
    #[error("the secure generator does not work")]
    Broken,
}

/// A source of noise.
pub trait Draw {
    /// A number of the discrete Gaussian with the given `sigma`.
    ///
    /// # Errors
    /// [`NotDrawn`] when there is no entropy or the number does not fit.
    fn discrete_gaussian(&mut self, sigma: Ratio) -> Result<i128, NotDrawn>;

    /// A number of the discrete Laplace with the given scale.
    ///
    /// # Errors
    /// [`NotDrawn`] when there is no entropy or the number does not fit.
    fn discrete_laplace(&mut self, scale: Ratio) -> Result<i128, NotDrawn>;
}

/// OpenDP's exact samplers over OpenSSL's private generator. It exists only after
/// [`assert_secure`].
#[derive(Debug)]
pub struct SecureDraw(());

impl SecureDraw {
    /// The secure source.
    ///
    /// # Errors
    /// [`Insecure`] when the secure generator is not in use.
    pub fn new() -> Result<Self, Insecure> {
        assert_secure()?;
        Ok(Self(()))
    }
}

impl Draw for SecureDraw {
    fn discrete_gaussian(&mut self, sigma: Ratio) -> Result<i128, NotDrawn> {
        whole(samplers::sample_discrete_gaussian(rational(sigma)))
    }

    fn discrete_laplace(&mut self, scale: Ratio) -> Result<i128, NotDrawn> {
        whole(samplers::sample_discrete_laplace(rational(scale)))
    }
}

fn rational(ratio: Ratio) -> RBig {
    RBig::from_parts(IBig::from(ratio.numerator()), UBig::from(ratio.denominator()))
}

fn whole(drawn: opendp::error::Fallible<IBig>) -> Result<i128, NotDrawn> {
    let drawn = drawn.map_err(|_| NotDrawn::NoEntropy)?;
    i128::try_from(&drawn).map_err(|_| NotDrawn::TooLarge)
}

/// Says whether noise comes from the secure generator; computed once in a process, before
/// anything is drawn. Call it at start-up, before anything else uses OpenSSL.
///
/// # Errors
/// [`Insecure`] when it does not, or when the generator does not work.
pub fn assert_secure() -> Result<(), Insecure> {
    static VERDICT: OnceLock<Result<(), Insecure>> = OnceLock::new();
    *VERDICT.get_or_init(|| {
        follows_openssl()?;
        let (mut one, mut other) = ([0; 32], [0; 32]);
        samplers::fill_bytes(&mut one).map_err(|_| Insecure::Broken)?;
        samplers::fill_bytes(&mut other).map_err(|_| Insecure::Broken)?;
        if one == other || one == [0; 32] { Err(Insecure::Broken) } else { Ok(()) }
    })
}

/// Takes OpenSSL's generator away by loading the provider that provides nothing, sees whether
/// OpenDP's bytes stop, and gives it back.
///
/// A machine whose OpenSSL configuration names its providers (FIPS) keeps its generator whatever is
/// loaded beside it. The experiment then says nothing, and the build check alone stands.
fn follows_openssl() -> Result<(), Insecure> {
    use openssl::provider::Provider;

    let nothing = Provider::try_load(None, "null", false).map_err(|_| Insecure::Broken)?;
    let is_away = openssl::rand::rand_priv_bytes(&mut [0; 32]).is_err();
    let draws = samplers::fill_bytes(&mut [0; 32]).is_ok();
    drop(nothing);
    if !is_away {
        return Ok(());
    }
    let default = Provider::load(None, "default").map_err(|_| Insecure::Broken)?;
    // Unloading it would take the generator away for good.
    std::mem::forget(default);
    if draws { Err(Insecure::OtherGenerator) } else { Ok(()) }
}
