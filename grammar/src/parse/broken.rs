//! The names that items with a fault declare, so that their use is not told as a second fault.

use crate::scan::piece::{Piece, Shape};
use crate::scan::token::{Kind, Lexer};
use crate::source::{SourceId, Span};
use crate::tree::{Broken, BrokenKind, MemberKind, Name};

/// What a piece that could not be read would declare.
pub(crate) fn declared(source: SourceId, text: &str, piece: &Piece) -> Option<Broken> {
    if !matches!(piece.shape, Shape::Item | Shape::PolicyHead | Shape::MemberHead) {
        return None;
    }
    let mut lexer = Lexer::new(text, piece.body);
    let first = lexer.next_word();
    let kind = match lexer.slice(first) {
        "network" | "actions" | "resources" => BrokenKind::Set,
        "policy" => BrokenKind::Policy,
        "trust" | "resource" => {
            lexer.next_word();
            BrokenKind::Policy
        }
        "user" => BrokenKind::Member(MemberKind::User),
        "group" => BrokenKind::Member(MemberKind::Group),
        "role" => BrokenKind::Member(MemberKind::Role),
        _ => return None,
    };
    let name = lexer.next_word();
    let quoted = match name.kind {
        Kind::Run => false,
        Kind::Text { closed: true } => true,
        _ => return None,
    };
    let span = Span::new(source, name.start, name.end);
    (name.end <= piece.end).then_some(Broken { kind, name: Name { span, quoted } })
}
