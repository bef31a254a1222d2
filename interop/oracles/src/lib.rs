//! Other people's decoders and ciphers, held against ours.
//!
//! An oracle reads the same octets as `portcullis-formats`. Where both accept, the fields must agree; where one
//! accepts and the other refuses, the difference must stand in the oracle's table with its reason, and each line of
//! a table must be needed. The octets are what real peers sent ([`corpus`]) and what a seeded generator makes of it
//! ([`mutation`]).

pub mod corpus;
pub mod fields;
pub mod kind;
pub mod length;
pub mod mutation;
pub mod oracle;
pub mod ours;
pub mod own;
pub mod sealing;
