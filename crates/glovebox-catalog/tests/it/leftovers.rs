//! What a process that is killed leaves in members' accounts, and that the house takes it away.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use glovebox_catalog::{Cleaned, Notebook, Reach, Stop, Unavailable, Upload, clean};
use glovebox_model::{Connection, Id, Leftover, Place};
use tempfile::TempDir;

use crate::store::{keys, objects, reach, serve};

/// Keeps in memory what is written down, or refuses to.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    refuses: bool,
    noted: Mutex<Vec<Option<Leftover>>>,
}

impl Memory {
    /// What was begun and not struck.
    pub(crate) fn open(&self) -> Vec<Leftover> {
        self.noted.lock().unwrap().iter().flatten().cloned().collect()
    }

    pub(crate) fn ever(&self) -> usize {
        self.noted.lock().unwrap().len()
    }
}

impl Notebook for Memory {
    fn note(
        &self,
        _: Id<Connection>,
        what: &Leftover,
    ) -> (u64, BoxFuture<'static, Result<(), Unavailable>>) {
        let mut noted = self.noted.lock().unwrap();
        noted.push(Some(what.clone()));
        let answer = if self.refuses { Err(Unavailable::Unusable("no")) } else { Ok(()) };
        (noted.len() as u64 - 1, std::future::ready(answer).boxed())
    }

    fn amend(&self, number: u64, what: &Leftover) {
        let mut noted = self.noted.lock().unwrap();
        let known = noted[usize::try_from(number).unwrap()].as_mut().unwrap();
        *known = what.clone();
    }

    fn strike(&self, number: u64) {
        self.noted.lock().unwrap()[usize::try_from(number).unwrap()] = None;
    }
}

/// The same reach, of which what is begun is written down.
pub(crate) fn noted(reach: &Arc<Reach>, memory: &Arc<Memory>) -> Arc<Reach> {
    let notebook: Arc<dyn Notebook> = memory.clone();
    Arc::new(Reach { notebook: Some(notebook), ..Reach::clone(reach) })
}

async fn house(memory: &Arc<Memory>) -> (TempDir, Arc<Reach>) {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("bucket")).unwrap();
    let address = serve(root.path()).await;
    let place = Place::Files(objects(address, "results"));
    let reach = reach(place, keys("hush"), &address.to_string());
    (root, noted(&reach, memory))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// The files of uploads that are not finished.
fn parts(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries.map(|it| if it.is_dir() { parts(&it) } else { 1 }).sum()
}

/// An upload of which some parts were sent.
fn begun(reach: &Arc<Reach>, key: &str) -> Upload {
    let mut upload = Upload::begin(reach, "bucket", key, &Stop::default()).unwrap();
    upload.write_all(&vec![7; 40 << 20]).unwrap();
    upload
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_a_killed_process_is_taken_back_by_its_name() {
    let memory = Arc::new(Memory::default());
    let (root, reach) = house(&memory).await;
    let theirs = Arc::clone(&reach);
    blocking(move || std::mem::forget(begun(&theirs, "results/q/a.csv"))).await;
    assert!(parts(root.path()) > 0, "as if it had been killed");
    let [left] = &memory.open()[..] else { panic!("{memory:?}") };
    assert!(matches!(left, Leftover::Upload { key, .. } if key == "results/q/a.csv"));
    assert_eq!(clean(&reach, left).await, Ok(Cleaned::Gone));
    assert_eq!(parts(root.path()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_of_what_nobody_wrote_down() {
    let memory = Arc::new(Memory { refuses: true, ..Memory::default() });
    let (root, reach) = house(&memory).await;
    blocking(move || {
        let mut upload =
            Upload::begin(&reach, "bucket", "results/q/a.csv", &Stop::default()).unwrap();
        assert!(upload.write_all(&vec![7; 40 << 20]).is_err());
        drop(upload);
    })
    .await;
    assert_eq!((parts(root.path()), memory.ever()), (0, 1));
    assert_eq!(memory.open(), [], "it was taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_well_or_is_taken_back_is_struck() {
    let memory = Arc::new(Memory::default());
    let (_root, reach) = house(&memory).await;
    blocking(move || {
        begun(&reach, "results/q/a.csv").finish().unwrap();
        drop(begun(&reach, "results/q/b.csv"));
        // What goes in one piece is there whole or not at all.
        let mut small =
            Upload::begin(&reach, "bucket", "results/q/c.csv", &Stop::default()).unwrap();
        small.write_all(b"x").unwrap();
        small.finish().unwrap();
    })
    .await;
    assert_eq!((memory.open(), memory.ever()), (vec![], 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_away_where_the_connection_does_not_lead() {
    let memory = Arc::new(Memory::default());
    let (root, reach) = house(&memory).await;
    let theirs = Arc::clone(&reach);
    blocking(move || std::mem::forget(begun(&theirs, "results/q/a.csv"))).await;
    let before = parts(root.path());
    let Leftover::Upload { upload, .. } = memory.open().remove(0) else { panic!() };
    for (bucket, key) in [
        ("other", "results/q/a.csv"),
        ("bucket", "data/q/a.csv"),
        ("bucket", "results/../data/a.csv"),
    ] {
        let (bucket, key, upload) = (bucket.to_owned(), key.to_owned(), upload.clone());
        let refused = clean(&reach, &Leftover::Upload { bucket, key, upload }).await;
        assert!(matches!(refused, Err(Unavailable::Outside { .. })), "{refused:?}");
    }
    let execution = Leftover::Execution {
        bucket: "bucket".into(),
        folder: "results/0123456789abcdef0123456789abcdef".into(),
        id: None,
    };
    let refused = clean(&reach, &execution).await;
    assert!(matches!(refused, Err(Unavailable::Outside { .. })), "{refused:?}");
    assert_eq!(parts(root.path()), before);
}
