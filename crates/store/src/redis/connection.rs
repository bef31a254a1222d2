//! One connection: many questions on their way at once, answered in order.
//!
//! A task has the socket. It ends when the socket does, or when an answer is overdue: answers come in
//! order, so whatever is asked behind that one would wait, too. All who still wait learn why, and the
//! next question finds the task gone and starts another.

use super::error::RedisError;
use super::greeting;
use super::resp::Reply;
use super::settings::RedisSettings;
use super::stream::Wire;
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

/// As many wait, at most; more are refused.
const LONGEST_QUEUE: usize = 4096;
/// As many are sent together.
const LARGEST_BATCH: usize = 256;

/// A command, and who waits for the reply.
pub(super) struct Question {
    pub(super) command: Vec<u8>,
    pub(super) answer: oneshot::Sender<Result<Answer, RedisError>>,
}

/// What a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// It was done; with `NX`, the record was not there.
    pub(super) done: bool,
    /// For how long, at least, the server has been up.
    pub(super) uptime: Duration,
}

/// A connection to a server that will do.
struct Connection {
    wire: Wire,
    /// No later than when the server started.
    up: Duration,
    up_at: Instant,
    waiting: VecDeque<Waiting>,
    patience: Duration,
}

struct Waiting {
    answer: oneshot::Sender<Result<Answer, RedisError>>,
    deadline: Instant,
}

/// Starts a task that connects and answers questions, beginning with `first`.
pub(super) fn open(
    settings: Arc<RedisSettings>,
    first: Question,
) -> Result<mpsc::Sender<Question>, RedisError> {
    let runtime = Handle::try_current().map_err(|_| RedisError::NoRuntime)?;
    let (sender, questions) = mpsc::channel(LONGEST_QUEUE);
    // Before the task runs, which may fail and end sooner than we go on.
    sender.try_send(first).map_err(|_| RedisError::Queue)?;
    runtime.spawn(run(settings, questions));
    Ok(sender)
}

async fn run(settings: Arc<RedisSettings>, mut questions: mpsc::Receiver<Question>) {
    let patience = settings.timeout;
    let connected = timeout(patience, Connection::open(&settings)).await;
    let (ended, waiting) = match connected.unwrap_or(Err(RedisError::Silent(patience))) {
        Ok(connection) => connection.serve(&mut questions).await,
        Err(error) => (error, VecDeque::new()),
    };
    // Before anybody hears of it: who then asks again shall find another connection.
    questions.close();
    let mut waiting: Vec<_> = waiting.into_iter().map(|waiting| waiting.answer).collect();
    while let Some(question) = questions.recv().await {
        waiting.push(question.answer);
    }
    for answer in waiting {
        // Who does not wait any more need not know.
        let _ = answer.send(Err(ended.clone()));
    }
}

impl Connection {
    /// Connects, introduces us, and looks whether the server will do.
    async fn open(settings: &RedisSettings) -> Result<Self, RedisError> {
        let mut wire = Wire::connect(&settings.address).await?;
        let introduction = greeting::introduction(settings);
        for command in &introduction {
            wire.send(command).await?;
        }
        for _ in introduction.iter().skip(1) {
            if let Reply::Error(text) = wire.reply().await? {
                return Err(RedisError::Refused(text));
            }
        }
        // Asked before the reply was made, so it has been up longer than we believe.
        let reply = wire.reply().await?;
        Ok(Self {
            wire,
            up: greeting::uptime(&reply)?,
            up_at: Instant::now(),
            waiting: VecDeque::new(),
            patience: settings.timeout,
        })
    }

    /// Answers until something ends it; returns what, and who still waits.
    async fn serve(
        mut self,
        questions: &mut mpsc::Receiver<Question>,
    ) -> (RedisError, VecDeque<Waiting>) {
        loop {
            if let Err(error) = self.turn(questions).await {
                return (error, self.waiting);
            }
        }
    }

    /// Sends what is asked, or hands out what is replied.
    async fn turn(&mut self, questions: &mut mpsc::Receiver<Question>) -> Result<(), RedisError> {
        let mut batch = Vec::new();
        let room = LONGEST_QUEUE.saturating_sub(self.waiting.len());
        let room = room.min(LARGEST_BATCH);
        let due = self.waiting.front().map(|first| first.deadline);
        let overdue = async move {
            match due {
                Some(deadline) => sleep_until(deadline).await,
                None => core::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            reply = self.wire.reply() => self.hand_out(reply?),
            () = overdue => Err(RedisError::Silent(self.patience)),
            asked = questions.recv_many(&mut batch, room), if room > 0 => match asked {
                0 => Err(RedisError::Closed), // nobody is left who could ask
                _ => self.ask(batch).await,
            },
        }
    }

    async fn ask(&mut self, batch: Vec<Question>) -> Result<(), RedisError> {
        let deadline = Instant::now().checked_add(self.patience);
        let deadline = deadline.ok_or(RedisError::Silent(self.patience))?;
        let mut commands = Vec::new();
        for question in batch {
            commands.extend_from_slice(&question.command);
            let answer = question.answer;
            self.waiting.push_back(Waiting { answer, deadline });
        }
        let sent = timeout(self.patience, self.wire.send(&commands)).await;
        sent.unwrap_or(Err(RedisError::Silent(self.patience)))
    }

    fn hand_out(&mut self, reply: Reply) -> Result<(), RedisError> {
        let waiting = self.waiting.pop_front().ok_or(RedisError::Malformed)?;
        let uptime = self.up.saturating_add(self.up_at.elapsed());
        let answer = match reply {
            Reply::Simple(_) => Ok(Answer { done: true, uptime }),
            Reply::Null => Ok(Answer {
                done: false,
                uptime,
            }),
            Reply::Error(text) => Err(RedisError::Refused(text)),
            Reply::Bulk(_) => Err(RedisError::Malformed),
        };
        // Who does not wait any more has refused the client.
        let _ = waiting.answer.send(answer);
        Ok(())
    }
}
