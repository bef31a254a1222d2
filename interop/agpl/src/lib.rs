//! Decoders and ciphers under the AGPL, held against ours: see `README.md` and `tests/`.
