//! Messages between MIT's initiator, in C, and our context: every enctype, every kind of token, both ways.

mod both_ends;
mod in_buffers;
mod in_one_piece;
mod many;
mod pseudo_random;
