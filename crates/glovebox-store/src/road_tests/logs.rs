//! Members' logs: who gets which lines, and that none is lost.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use glovebox_model::{AccountId, QueryFailure};
use serde_json::Value;

use super::World;
use super::doors::refused;
use crate::Outcome;

fn lines(world: &World, account: AccountId) -> Vec<Value> {
    let folder = world.folder.path().join("accounts").join(account.as_str());
    let folder = folder.join("logs").join(world.collaboration.to_string());
    let Ok(files) = fs::read_dir(folder) else { return vec![] };
    let mut lines = Vec::new();
    for file in files {
        let file = file.unwrap();
        assert_eq!(file.file_name(), "1970-01-01.ndjson");
        let text = fs::read_to_string(file.path()).unwrap();
        lines.extend(text.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    lines
}

fn stages(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|it| it["logStage"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn runner_and_touched_owner_get_both_records() {
    let world = World::new().await;
    let id = world.submit().await;
    let order = world.claimed(id).await;
    world.opened(&order).await.unwrap();
    world.kept(&order).await.unwrap();
    let _ = world.store.close_query(&order, Outcome::Delivered).await.unwrap();
    world.store.write_member_logs().await.unwrap();
    for account in [world.airline, world.maker] {
        let lines = lines(&world, account);
        assert_eq!(stages(&lines), ["SUBMISSION", "TERMINATION"]);
        assert_eq!(lines[0]["eventId"], id.to_string());
        assert_eq!(lines[0]["schemaName"], "planes");
        assert_eq!(lines[0]["queryText"], "SELECT model FROM planes");
        assert_eq!(lines[0]["queryValidationErrors"], Value::Null);
        assert_eq!(lines[0]["resultReceivers"], r#"["111111111111"]"#);
        assert_eq!(lines[0]["memberSchemaMapping"], r#"{"222222222222":["planes"]}"#);
        assert_eq!(
            lines[0]["directQueryAnalysisRulePolicy"],
            r#"{"v1":{"list":{"joinColumns":["tailnum"],"listColumns":["model"]}}}"#
        );
        assert_eq!(lines[1]["status"], "COMPLETED");
    }
}

#[tokio::test]
async fn who_did_not_turn_logging_on_gets_nothing() {
    let world = World::with_logging(false).await;
    let order = world.claimed(world.submit().await).await;
    let _ = world.store.close_query(&order, refused()).await.unwrap();
    world.store.write_member_logs().await.unwrap();
    assert!(lines(&world, world.maker).is_empty());
    let lines = lines(&world, world.airline);
    assert_eq!(lines[0]["queryValidationErrors"], "GB0101 no");
    assert_eq!(lines[1]["errorCode"], "MALFORMED_QUERY");
}

#[tokio::test]
async fn an_owner_is_told_why_its_source_failed_with_query_logs_off() {
    for (room_logs, maker_logs) in [(true, false), (false, true), (false, false)] {
        let world = World::with_logs(room_logs, maker_logs).await;
        let id = world.submit().await;
        let order = world.claimed(id).await;
        world.opened(&order).await.unwrap();
        let detail = Some((world.maker, "planes.parquet: row group 3 cannot be decoded".into()));
        let outcome = Outcome::Failed { failure: QueryFailure::generic(), detail };
        let _ = world.store.close_query(&order, outcome).await.unwrap();
        world.store.write_member_logs().await.unwrap();
        let told = lines(&world, world.maker);
        assert_eq!(stages(&told), ["FAILURE_DETAIL"], "{room_logs} {maker_logs}");
        assert_eq!(told[0]["eventId"], id.to_string());
        assert!(!told[0].to_string().contains("SELECT"), "no text of the query");
        let runner = lines(&world, world.airline);
        assert!(!stages(&runner).contains(&"FAILURE_DETAIL"), "{room_logs} {maker_logs}");
    }
}

#[tokio::test]
async fn lines_survive_a_crash_before_they_were_written_and_lost_files_come_back() {
    let mut world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    world.opened(&order).await.unwrap();
    let detail = Some((world.maker, "planes.parquet: row group 3 cannot be decoded".into()));
    let outcome = Outcome::Failed { failure: QueryFailure::generic(), detail };
    let _ = world.store.close_query(&order, outcome).await.unwrap();
    world.restart().await;
    world.store.write_member_logs().await.unwrap();
    let written = lines(&world, world.maker);
    assert_eq!(stages(&written), ["SUBMISSION", "FAILURE_DETAIL", "TERMINATION"]);
    assert_eq!(stages(&lines(&world, world.airline)), ["SUBMISSION", "TERMINATION"]);
    fs::remove_dir_all(world.folder.path().join("accounts")).unwrap();
    world.store.write_member_logs().await.unwrap();
    assert!(lines(&world, world.maker).is_empty());
    world.store.rewrite_member_logs().await.unwrap();
    assert_eq!(lines(&world, world.maker), written);
}

fn file(world: &World) -> std::path::PathBuf {
    let folder = world.folder.path().join("accounts").join(world.airline.as_str()).join("logs");
    folder.join(world.collaboration.to_string()).join("1970-01-01.ndjson")
}

/// A query that is refused: two lines for its runner.
async fn two_more_lines(world: &World) {
    let order = world.claimed(world.submit().await).await;
    let _ = world.store.close_query(&order, refused()).await.unwrap();
}

#[tokio::test]
async fn new_lines_are_appended_and_what_was_written_is_not_written_again() {
    let world = World::new().await;
    two_more_lines(&world).await;
    world.store.write_member_logs().await.unwrap();
    let before = fs::metadata(file(&world)).unwrap();
    two_more_lines(&world).await;
    world.store.write_member_logs().await.unwrap();
    let after = fs::metadata(file(&world)).unwrap();
    assert_eq!(after.ino(), before.ino(), "it is the same file");
    assert!(after.len() > before.len());
    let appended = lines(&world, world.airline);
    world.store.rewrite_member_logs().await.unwrap();
    assert_eq!(lines(&world, world.airline), appended);
    assert_ne!(fs::metadata(file(&world)).unwrap().ino(), before.ino(), "written whole");
}

#[tokio::test]
async fn bytes_that_no_row_answers_for_are_taken_back_with_the_next_line() {
    let world = World::new().await;
    for torn in [b"{\"half of a".as_slice(), b"{}\n"] {
        two_more_lines(&world).await;
        world.store.write_member_logs().await.unwrap();
        let good = lines(&world, world.airline);
        let mut bytes = fs::read(file(&world)).unwrap();
        bytes.extend_from_slice(torn);
        fs::write(file(&world), bytes).unwrap();
        two_more_lines(&world).await;
        world.store.write_member_logs().await.unwrap();
        let mended = lines(&world, world.airline);
        assert_eq!((&mended[..good.len()], mended.len()), (&good[..], good.len() + 2));
    }
}

#[tokio::test]
async fn lines_of_a_clock_that_went_back_stand_in_the_order_of_their_moments() {
    let world = World::new().await;
    world.later(5_000);
    two_more_lines(&world).await;
    world.store.write_member_logs().await.unwrap();
    world.later(-5_000);
    two_more_lines(&world).await;
    world.store.write_member_logs().await.unwrap();
    let all = lines(&world, world.airline);
    let moments: Vec<&Value> = all.iter().map(|it| &it["eventTimestamp"]).collect();
    assert_eq!(moments.len(), 4);
    assert!(moments[0] == moments[1] && moments[1] != moments[2], "{moments:?}");
    let appended = all.clone();
    world.store.rewrite_member_logs().await.unwrap();
    assert_eq!(lines(&world, world.airline), appended);
}
