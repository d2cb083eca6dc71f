//! Small sets: what changes, and what does not.
