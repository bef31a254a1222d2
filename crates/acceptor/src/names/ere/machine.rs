//! From the tree of a regular expression to a machine, and the machine at work (Thompson 1968).

use super::parser::{Node, Octets};
use core::ops::Range;

/// The most states, which bound the work of each octet.
const MOST_STATES: usize = 1024;

/// The states; the last one is reached when all has matched.
#[derive(Clone, Debug)]
pub(super) struct Machine(Vec<State>);

#[derive(Clone, Debug)]
enum State {
    /// One octet of the set, then the state that follows.
    One(Octets),
    /// Nothing, then the state that follows, at the beginning.
    Start,
    /// Nothing, then the state that follows, at the end.
    End,
    /// Nothing, then this state or that one.
    Split(usize, usize),
    /// All has matched.
    Match,
}

impl Machine {
    /// `None` if it has too many states.
    pub(super) fn of(node: &Node) -> Option<Self> {
        let mut states = Vec::new();
        add(node, &mut states)?;
        states.push(State::Match);
        Some(Self(states))
    }

    /// The first match in `text`, and of those the longest; with `anchored` only one that begins
    /// where `text` does.
    pub(super) fn find(&self, text: &[u8], anchored: bool) -> Option<Range<usize>> {
        let mut active = Active::new(self.0.len());
        let mut next = Active::new(self.0.len());
        let mut found: Option<Range<usize>> = None;
        for at in 0..=text.len() {
            // After those that began earlier, which count more.
            if found.is_none() && (at == 0 || !anchored) {
                active.enter(0, at, &self.0, at == 0, at == text.len());
            }
            if let Some(start) = active.matched {
                found = Some(start..at);
                active.order.retain(|(_, other)| *other <= start);
            }
            let Some(octet) = text.get(at) else {
                break;
            };
            for (state, start) in &active.order {
                if let Some(State::One(set)) = self.0.get(*state)
                    && set.contains(*octet)
                {
                    let last = at.saturating_add(1) == text.len();
                    next.enter(state.saturating_add(1), *start, &self.0, false, last);
                }
            }
            core::mem::swap(&mut active, &mut next);
            next.clear();
        }
        found
    }
}

/// The states that the machine is in.
struct Active {
    is_in: Vec<bool>,
    /// The states that wait for an octet, and where the match began that led there: those that
    /// began earlier first.
    order: Vec<(usize, usize)>,
    /// Where the match began that is complete here.
    matched: Option<usize>,
    /// The states that are to be entered; empty but for the length of [`Active::enter`], and kept,
    /// since that is called for each state and octet.
    waiting: Vec<usize>,
}

impl Active {
    fn new(states: usize) -> Self {
        Self {
            is_in: vec![false; states],
            order: Vec::new(),
            matched: None,
            waiting: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.is_in.fill(false);
        self.order.clear();
        self.matched = None;
    }

    /// Enters a state, and all that can be reached from it without an octet.
    fn enter(&mut self, state: usize, start: usize, states: &[State], first: bool, last: bool) {
        self.waiting.push(state);
        while let Some(state) = self.waiting.pop() {
            match self.is_in.get_mut(state) {
                Some(is_in) if !*is_in => *is_in = true,
                _ => continue,
            }
            let follows = state.saturating_add(1);
            match states.get(state) {
                Some(State::One(_)) => self.order.push((state, start)),
                Some(State::Start) if first => self.waiting.push(follows),
                Some(State::End) if last => self.waiting.push(follows),
                Some(State::Split(this, that)) => self.waiting.extend([*this, *that]),
                Some(State::Match) => self.matched = self.matched.or(Some(start)),
                Some(State::Start | State::End) | None => {}
            }
        }
    }
}

fn add(node: &Node, states: &mut Vec<State>) -> Option<()> {
    match node {
        Node::One(set) => states.push(State::One(set.clone())),
        Node::Start => states.push(State::Start),
        Node::End => states.push(State::End),
        Node::Sequence(nodes) => nodes.iter().try_for_each(|node| add(node, states))?,
        Node::Choice(nodes) => add_choice(nodes, states)?,
        Node::Repeated { node, least, most } => add_repeated(node, *least, *most, states)?,
    }
    (states.len() < MOST_STATES).then_some(())
}

/// Each alternative but the last: a split to it and past it, and after it a jump to the end.
fn add_choice(nodes: &[Node], states: &mut Vec<State>) -> Option<()> {
    let (last, others) = nodes.split_last()?;
    let mut jumps = Vec::new();
    for node in others {
        let split = states.len();
        states.push(State::Match); // until its targets are known
        add(node, states)?;
        jumps.push(states.len());
        states.push(State::Match);
        let past = states.len();
        set(states, split, State::Split(split.saturating_add(1), past));
    }
    add(last, states)?;
    let end = states.len();
    for jump in jumps {
        set(states, jump, State::Split(end, end));
    }
    Some(())
}

fn add_repeated(
    node: &Node,
    least: usize,
    most: Option<usize>,
    states: &mut Vec<State>,
) -> Option<()> {
    for _ in 0..least {
        let before = states.len();
        add(node, states)?;
        if states.len() == before {
            break; // nothing, however often
        }
    }
    let Some(most) = most else {
        let split = states.len();
        states.push(State::Match);
        add(node, states)?;
        states.push(State::Split(split, split));
        let past = states.len();
        set(states, split, State::Split(split.saturating_add(1), past));
        return Some(());
    };
    let mut splits = Vec::new();
    for _ in least..most {
        splits.push(states.len());
        states.push(State::Match);
        add(node, states)?;
    }
    let end = states.len();
    for split in splits {
        set(states, split, State::Split(split.saturating_add(1), end));
    }
    Some(())
}

fn set(states: &mut [State], index: usize, state: State) {
    if let Some(place) = states.get_mut(index) {
        *place = state;
    }
}
