//! What the process of a query is told.

use glovebox_room::{Caps, CrashPoint, SupervisorConfig, WalkLimits, WalkTask};

use super::{QUERY, Road};
use crate::world::master_key;

#[tokio::test]
async fn the_message_to_a_child_holds_no_key_of_the_house_but_those_of_its_walk() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let config = SupervisorConfig {
        program: "glovebox".into(),
        arguments: vec![],
        slots: 1,
        memory_bytes: 1 << 20,
        caps: Caps::of(1 << 20),
        partitions: 1,
        limits: WalkLimits::default(),
        crash: CrashPoint::default(),
        outside: None,
    };
    let folder = road.world.folder.path();
    let task = WalkTask::of(road.store(), folder, id, &config, &[]).await.unwrap();
    let line = task.to_line().unwrap();
    let keys = road.store().walk_keys(id).await.unwrap();
    assert!(line.contains(keys.to_text().as_str()), "the control");
    let master = master_key();
    // The key itself is 32 bytes of 7, in whatever form.
    for form in ["07".repeat(32), "7,".repeat(32), "BwcHBwcH".into(), "\u{7}".repeat(32)] {
        assert!(!line.contains(&form), "{form}");
    }
    for purpose in ["seal", "check", "page tokens", "kept-results"] {
        let derived: String =
            master.derive(purpose).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!line.contains(&derived), "{purpose}");
    }
}
