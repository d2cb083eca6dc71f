//! What the pages say is true: examples compile, transcripts run, lists equal the code, links lead somewhere.
//!
//! One file a kind of claim; `page` finds the pages and cuts them into blocks and headings.

mod examples;
mod links;
mod page;
mod tables;
