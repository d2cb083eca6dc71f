//! The `passgate` command: one file a sub-command, all output through one writer.

fn main() {}
