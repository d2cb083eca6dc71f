//! Test support: reading the vectors, generating worlds, finding the corpus. Only tests depend on it.

pub mod answer;
pub mod census;
pub mod code_page;
pub mod corpus;
pub mod derived;
pub mod document;
pub mod engines;
pub mod found;
pub mod question_vectors;
pub mod random;
pub mod scatter;
pub mod shape;
mod shrink;
pub mod vectors;
pub mod words;
pub mod world;
