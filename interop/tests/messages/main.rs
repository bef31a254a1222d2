//! Messages between initiators of MIT and Heimdal, in C, and of OpenJDK, and our context: every enctype, every kind of token, both
//! ways.

mod both_ends;
mod heimdal;
mod in_buffers;
mod in_one_piece;
mod java;
mod many;
mod pseudo_random;
