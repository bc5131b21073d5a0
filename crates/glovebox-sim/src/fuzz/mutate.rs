//! New inputs out of old ones: pieces moved, doubled, exchanged and replaced.

use crate::generate::Random;

/// The longest input, in bytes.
const MOST: usize = 8_192;

/// A stream of inputs that a seed determines.
#[derive(Debug)]
pub struct Mutator {
    random: Random,
    seeds: Vec<Vec<u8>>,
    words: &'static [&'static str],
}

impl Mutator {
    /// From inputs that are known, and words that mean something to the reader.
    pub fn new(seed: u64, seeds: Vec<Vec<u8>>, words: &'static [&'static str]) -> Self {
        Self { random: Random::new(seed), seeds, words }
    }

    /// The next input: a known one after some changes.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input =
            if self.seeds.is_empty() { Vec::new() } else { self.random.pick(&self.seeds).clone() };
        let changes = *self.random.pick(&[1, 1, 1, 1, 2, 2, 3, 5]);
        for _ in 0..changes {
            self.change(&mut input);
        }
        input.truncate(MOST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let (start, end) = self.piece(input);
        match self.random.between(0, 9) {
            0 => drop(input.drain(start..end)),
            1 => {
                let piece = input[start..end].to_vec();
                input.splice(end..end, piece);
            }
            2 | 3 => {
                let word = self.word();
                input.splice(start..start, word);
            }
            4 | 5 => {
                let word = self.word();
                input.splice(start..end, word);
            }
            6 => {
                let other = self.other_piece();
                input.splice(start..end, other);
            }
            7 => {
                let (other_start, other_end) = self.piece(input);
                let piece = input[other_start..other_end].to_vec();
                input.splice(start..end, piece);
            }
            8 => {
                if let Some(byte) = input.get_mut(start) {
                    *byte ^= 1 << self.random.between(0, 7);
                }
            }
            _ => {
                let times = self.random.between(2, 60);
                let piece = input[start..end].repeat(times);
                if piece.len() < MOST {
                    input.splice(start..end, piece);
                }
            }
        }
    }

    /// A word with a space before it, so that it is one.
    fn word(&mut self) -> Vec<u8> {
        let word = if self.words.is_empty() { "0" } else { self.random.pick(self.words) };
        format!(" {word} ").into_bytes()
    }

    /// From one boundary of words to another, mostly near.
    fn piece(&mut self, input: &[u8]) -> (usize, usize) {
        if input.is_empty() {
            return (0, 0);
        }
        let mut start = self.random.between(0, input.len());
        let mut end = (start + self.random.between(0, 24)).min(input.len());
        if self.random.chance(80) {
            let inside = |at: usize| {
                let word = |it: Option<&u8>| it.is_some_and(u8::is_ascii_alphanumeric);
                at > 0 && at < input.len() && word(input.get(at - 1)) && word(input.get(at))
            };
            while inside(start) {
                start -= 1;
            }
            while inside(end) {
                end += 1;
            }
        }
        (start, end)
    }

    fn other_piece(&mut self) -> Vec<u8> {
        if self.seeds.is_empty() {
            return Vec::new();
        }
        let other = self.random.pick(&self.seeds).clone();
        let (start, end) = self.piece(&other);
        let end = (end + self.random.between(0, 60)).min(other.len());
        other[start..end.max(start)].to_vec()
    }
}
