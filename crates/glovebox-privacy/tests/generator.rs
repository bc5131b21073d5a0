//! Noise comes from OpenSSL's private generator. In a process of its own, because it takes that
//! generator away for a moment; one test, because tests of one binary may share a process.

use glovebox_model::Accountant;
use glovebox_privacy::{Calibration, SecureDraw, assert_secure};

#[test]
fn without_the_generator_of_openssl_nothing_is_drawn() {
    use openssl::provider::Provider;

    // Before anything else: nothing has used OpenSSL in this process yet.
    let nothing = Provider::try_load(None, "null", false).unwrap();
    let scale = dashu::rational::RBig::from(10);
    let drawn = opendp::traits::samplers::sample_discrete_gaussian(scale);
    assert!(drawn.is_err(), "OpenDP draws from another generator: is `use-openssl` off?");
    drop(nothing);

    assert_eq!(assert_secure(), Ok(()));
    let scale = Calibration::new(Accountant::Zcdp, 100, 1).unwrap().scale(1 << 60).unwrap();
    let mut draw = SecureDraw::new().unwrap();
    let (one, other) = (scale.noisy(0, &mut draw).unwrap(), scale.noisy(0, &mut draw).unwrap());
    assert_ne!(one, other);
}
