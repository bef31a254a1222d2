//! The same token, the same keytab, the same clock: what we say of it, and what MIT krb5, Heimdal, OpenJDK and gokrb5
//! say.
//!
//! [`cases`] makes tokens: good ones of a test realm and of real initiators, with faults, and with every part of them
//! changed, also behind the encryption. [`shims`] asks the implementations, each a process that stays. [`differences`]
//! is the table `interop/differences.toml`: a difference that is not in it fails, and so does a row that nothing is
//! seen of. [`run`] puts them together.

pub mod cases;
pub mod change;
pub mod differences;
pub mod original;
pub mod run;
pub mod shapes;
pub mod shims;
pub mod tree;
pub mod variations;
