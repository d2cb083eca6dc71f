//! What is said of texts that are wrong or doubtful: the mistakes of newcomers and every code, from written data.

mod codes;
mod mistakes;
