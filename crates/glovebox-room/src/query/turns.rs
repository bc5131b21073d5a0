//! Whose text is judged next: no account takes all turns, and none asks without end.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use glovebox_model::{AccountId, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::RoomError;

/// How many texts are judged at a time; of one account, one.
const JUDGES: usize = 4;
/// How many questions of one account may be under way: the one being judged and those that wait.
const UNDER_WAY: usize = 8;
/// An account that was quiet may ask so many times at once.
const BURST: i64 = 30;
/// How long a question waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long whoever asks waits for the judgement. The text keeps its turn until it is judged.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// The queue before the judges of `explain`.
#[derive(Debug)]
pub(crate) struct Turns {
    judges: Arc<Semaphore>,
    accounts: Mutex<BTreeMap<AccountId, Asker>>,
    /// Milliseconds in which an account earns one question.
    interval: i64,
    patience: Duration,
}

/// An account that asked before.
#[derive(Debug)]
struct Asker {
    /// Its rate is used up until then, in milliseconds since 1970.
    used_until: i64,
    under_way: Arc<Semaphore>,
    one: Arc<Semaphore>,
}

/// A question that may wait for its turn.
#[derive(Debug)]
pub(crate) struct Asked {
    under_way: OwnedSemaphorePermit,
    one: Arc<Semaphore>,
    judges: Arc<Semaphore>,
    patience: Duration,
}

/// The right to judge one text, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _permits: [OwnedSemaphorePermit; 3],
}

impl Turns {
    /// A queue in which each account may ask `per_minute` times.
    pub(crate) fn new(per_minute: u64) -> Self {
        let per_minute = i64::try_from(per_minute.max(1)).unwrap_or(i64::MAX);
        Self {
            judges: Arc::new(Semaphore::new(JUDGES)),
            accounts: Mutex::default(),
            interval: (60_000 / per_minute).max(1),
            patience: PATIENCE,
        }
    }

    /// Counts a question of `account` at `now`, unless it asked too often or too much at once.
    pub(crate) fn ask(&self, account: AccountId, now: Timestamp) -> Result<Asked, RoomError> {
        let now = now.as_millis();
        let full = self.interval.saturating_mul(BURST);
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let asker = accounts.entry(account).or_insert_with(|| Asker {
            used_until: now,
            under_way: Arc::new(Semaphore::new(UNDER_WAY)),
            one: Arc::new(Semaphore::new(1)),
        });
        // A clock that was set back does not lock anybody out.
        let used_until = asker.used_until.clamp(now, now.saturating_add(full));
        asker.used_until = used_until;
        if used_until - now > full - self.interval {
            return Err(RoomError::throttled("texts are explained too often: ask again later"));
        }
        let under_way = Arc::clone(&asker.under_way).try_acquire_owned().map_err(|_| {
            RoomError::throttled("too many texts of this account are being explained at once")
        })?;
        asker.used_until = used_until + self.interval;
        Ok(Asked {
            under_way,
            one: Arc::clone(&asker.one),
            judges: Arc::clone(&self.judges),
            patience: self.patience,
        })
    }
}

impl Asked {
    /// Waits for the turn: behind the other questions of the account, then behind other accounts.
    pub(crate) async fn turn(self) -> Result<Turn, RoomError> {
        let Self { under_way, one, judges, patience } = self;
        let wait = async {
            let one = one.acquire_owned().await?;
            let judge = judges.acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>(Turn { _permits: [under_way, one, judge] })
        };
        match tokio::time::timeout(patience, wait).await {
            Ok(turn) => turn.map_err(|error| RoomError::Internal(Box::new(error))),
            Err(_) => Err(RoomError::throttled("too many texts are being explained: try again")),
        }
    }
}

/// What the judgement says, if it says it within `longest`.
pub(super) async fn in_time<T>(
    longest: Duration,
    judging: impl Future<Output = T>,
) -> Result<T, RoomError> {
    let late = "judging this text takes too long: make it shorter, or ask again later";
    tokio::time::timeout(longest, judging).await.map_err(|_| RoomError::throttled(late))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(digit: char) -> AccountId {
        digit.to_string().repeat(12).parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + seconds * 1000)
    }

    #[test]
    fn who_asks_without_end_is_told_to_wait_and_others_are_not() {
        let turns = Turns::new(60);
        let (greedy, modest) = (account('1'), account('2'));
        for _ in 0..BURST {
            assert!(turns.ask(greedy, at(0)).is_ok());
        }
        for _ in 0..3 {
            let refused = turns.ask(greedy, at(0));
            assert!(matches!(refused, Err(RoomError::Throttled { .. })));
        }
        assert!(turns.ask(modest, at(0)).is_ok());
        // A second earns one question, and quiet hours no more than a burst.
        assert!(turns.ask(greedy, at(1)).is_ok());
        assert!(turns.ask(greedy, at(1)).is_err());
        let later = (0..100).filter(|_| turns.ask(greedy, at(7200)).is_ok()).count();
        assert_eq!(later, BURST as usize);
        // The clock is set back by a year.
        assert!(turns.ask(greedy, at(-31_536_000)).is_err());
        assert!(turns.ask(greedy, at(-31_536_000 + 2)).is_ok());
    }

    #[tokio::test]
    async fn an_account_whose_texts_take_for_ever_takes_one_judge() {
        let turns = Turns::new(6000);
        let (hostile, honest) = (account('1'), account('2'));
        let held = turns.ask(hostile, at(0)).unwrap().turn().await.unwrap();
        let mut waiting = Vec::new();
        for _ in 1..UNDER_WAY {
            waiting.push(turns.ask(hostile, at(0)).unwrap());
        }
        assert!(turns.ask(hostile, at(0)).is_err());
        assert_eq!(turns.judges.available_permits(), JUDGES - 1);
        let turn = turns.ask(honest, at(0)).unwrap().turn().await.unwrap();
        assert_eq!(turns.judges.available_permits(), JUDGES - 2);
        drop((turn, held));
        assert_eq!(turns.judges.available_permits(), JUDGES);
        assert!(turns.ask(hostile, at(0)).is_ok());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let turns = Turns { patience: Duration::ZERO, ..Turns::new(6000) };
        let hostile = account('1');
        let _held = turns.ask(hostile, at(0)).unwrap().turn().await.unwrap();
        let late = turns.ask(hostile, at(0)).unwrap().turn().await;
        assert!(matches!(late, Err(RoomError::Throttled { .. })));
        let late = in_time(Duration::ZERO, std::future::pending::<()>()).await;
        assert!(matches!(late, Err(RoomError::Throttled { .. })));
        assert!(matches!(in_time(LONGEST, std::future::ready(7)).await, Ok(7)));
    }
}
