//! Cells for readers in other languages: a declared caller's signature by number, an action by number, and the cells of
//! a signature as words. `docs/cell-words.md` describes them for whoever writes a reader.

use super::caller::{self, Caller};
use super::gate::Gate;
use crate::table::CELL_WORDS_FORMAT;

impl Gate {
    /// The number of a declared user's or role's signature. Callers with one number have equal answers wherever a
    /// cell is definite. None for root, for who is not declared, and for `group:` and `policy:`.
    ///
    /// ```
    /// let gate = passgate::Gate::compile(
    ///     "policy p { allow * } user a { attach p } user b { attach p } user c { }",
    /// )?;
    /// assert_eq!(gate.signature("user:a"), gate.signature("b"));
    /// assert_ne!(gate.signature("user:a"), gate.signature("user:c"));
    /// assert_eq!(gate.signature("user:nobody"), None);
    /// # Ok::<(), passgate::Error>(())
    /// ```
    pub fn signature(&self, principal: &str) -> Option<u64> {
        let signature = caller::declared(self.table(), principal)?;
        self.table().signature_number(signature)
    }

    /// The cells of a signature in a service (a number of [`ActionHandle::number`](super::ActionHandle::number)) as
    /// words of format [`Gate::CELL_WORDS_FORMAT`]. None where there is no such signature or service, where more
    /// segments would have to be merged than `limits::MERGED_SEGMENTS`, or where the words are more than
    /// `limits::CELL_WORDS`.
    ///
    /// ```
    /// let gate = passgate::Gate::compile("policy p { allow * } user a { attach p }")?;
    /// let signature = gate.signature("a").unwrap();
    /// let number = gate.action("intlpartnersmgt:PayOrders")?.number().unwrap();
    /// let words = gate.cell_words(signature, number.service).unwrap();
    /// assert_eq!(words[..2], [passgate::Gate::CELL_WORDS_FORMAT, number.actions]);
    /// # Ok::<(), passgate::Error>(())
    /// ```
    pub fn cell_words(&self, signature: u64, service: u32) -> Option<Vec<u32>> {
        let signature = self.table().numbered_signature(signature)?;
        self.table().cell_words(signature, service)
    }

    /// The format of [`Gate::cell_words`], which is its first word.
    pub const CELL_WORDS_FORMAT: u32 = CELL_WORDS_FORMAT;
}

impl super::PrincipalHandle {
    /// The number of its signature, as [`Gate::signature`].
    pub fn signature(&self) -> Option<u64> {
        match self.caller() {
            Caller::Declared(signature) => self.gate().table().signature_number(*signature),
            Caller::Root | Caller::Unknown | Caller::Brought { .. } => None,
        }
    }
}
