//! Delivery: the same bytes to everyone, whole or not at all.

use glovebox_engine::{Cause, UndeliveredCause};
use glovebox_model::{Destination, ResultFormat};
use glovebox_privacy::{Encoded, SecureDraw, release};

use crate::house::{
    AUDIENCE, BRAND, BY_REGION, House, ORDERS, SELLER, destination, house, kept, key, query,
};

async fn encoded(house: &House, destinations: Vec<Destination>) -> Encoded {
    let executed = house.execute(BY_REGION).await.unwrap();
    let released = release(executed, &mut SecureDraw::new().unwrap()).unwrap();
    house.encode(released, destinations).await.unwrap()
}

fn both() -> Vec<Destination> {
    vec![destination(BRAND, ResultFormat::Csv), destination(SELLER, ResultFormat::Csv)]
}

#[tokio::test]
async fn several_receivers_get_the_same_bytes_and_again_the_same() {
    let house = house(ORDERS, AUDIENCE);
    house.bucket(BRAND);
    house.bucket(SELLER);
    let encoded = encoded(&house, both()).await;
    let files = encoded.files().clone();
    assert_eq!(files.files[0].digest, files.files[1].digest);
    let first = house.engine().deliver(kept(encoded), &key(), &[]).await.unwrap();
    let object = first.objects[0].key.clone();
    assert_eq!(house.object(BRAND, &object), house.object(SELLER, &object));
    house.bucket(BRAND).delete("results", &object).unwrap();
    #[expect(clippy::disallowed_methods, reason = "stands in for claim_kept after a restart")]
    let again = glovebox_privacy::Kept::assertion(files);
    let second = house.engine().deliver(again, &key(), &[]).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(house.object(BRAND, &object), house.object(SELLER, &object));
}

#[tokio::test]
async fn one_missing_bucket_does_not_keep_the_others_from_theirs() {
    let house = house(ORDERS, AUDIENCE);
    house.bucket(SELLER);
    let encoded = encoded(&house, both()).await;
    let object = encoded.files().files[0].key.clone();
    let undelivered = house.engine().deliver(kept(encoded), &key(), &[]).await.unwrap_err();
    assert_eq!(undelivered.receiver, Some(BRAND.parse().unwrap()));
    assert!(matches!(undelivered.cause, UndeliveredCause::Bucket(_)));
    assert!(!house.object(SELLER, &object).is_empty());
    house.bucket(BRAND);
    let delivered = house.engine().deliver(undelivered.kept, &key(), &[]).await.unwrap();
    assert_eq!(delivered.objects.len(), 2);
}

#[tokio::test]
async fn a_kept_file_that_was_touched_is_not_delivered() {
    let house = house(ORDERS, AUDIENCE);
    house.bucket(BRAND);
    let encoded = encoded(&house, both()).await;
    let sealed = house.dir.path().join("kept").join(&encoded.files().files[0].sealed);
    let object = encoded.files().files[0].key.clone();
    let mut bytes = std::fs::read(&sealed).unwrap();
    assert!(!bytes.windows(6).any(|it| it == b"region"), "kept files are encrypted");
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&sealed, bytes).unwrap();
    let undelivered = house.engine().deliver(kept(encoded), &key(), &[]).await.unwrap_err();
    assert!(matches!(undelivered.cause, UndeliveredCause::Kept(_)));
    assert!(house.bucket(BRAND).head("results", &object).is_err());
}

#[tokio::test]
async fn a_closed_query_leaves_no_kept_file() {
    let house = house(ORDERS, AUDIENCE);
    let encoded = encoded(&house, both()).await;
    drop(kept(encoded));
    let kept = house.dir.path().join("kept");
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1);
    house.engine().forget(query()).unwrap();
    house.engine().forget(query()).unwrap();
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(house.dir.path().join("spill")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_result_above_its_limit_is_not_kept() {
    let mut house = house(ORDERS, AUDIENCE);
    house.config.result_bytes = 20;
    let executed = house.execute(BY_REGION).await.unwrap();
    let released = release(executed, &mut SecureDraw::new().unwrap()).unwrap();
    let failed = house.encode(released, both()).await.unwrap_err();
    assert!(matches!(failed.cause, Cause::TooLarge));
}
