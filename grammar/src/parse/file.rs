//! The pieces of a text, one after the other, to the tree of the file. After a fault, reading resumes at the next
//! piece that begins a line, or at the end of the block.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

use super::basic::Builder;
use super::broken;
use super::fault::{Faults, tell_obstacle, tell_stop};
use super::gate::{Gate, Pair, Pairs, Rule};
use super::item::PolicyHead;
use crate::code;
use crate::mistake::Stop;
use crate::scan::piece::{Event, Piece, Shape, Splitter};
use crate::source::{SourceId, Span};
use crate::tree::{
    Before, Case, Clause, File, Item, ItemKind, Join, Member, MemberKind, Name, Policy, PolicyBody,
    Statement, Test,
};

/// Reads the pieces of one text.
pub(crate) struct Reader<'t, 'f> {
    source: SourceId,
    text: &'t str,
    faults: &'f mut Faults,
    file: File,
    open: Option<Open>,
    /// The first services in use: whether there is one alone.
    services: Vec<Span>,
    /// After a fault, until a line or block begins.
    skipping: bool,
}

/// The block that is open.
struct Open {
    /// Its head, unless that had a fault.
    head: Option<(Span, Before, Head)>,
    /// Where its `{` is.
    brace: usize,
    /// Where the last piece in it ends.
    end: usize,
    statements: Vec<Statement>,
    joins: Vec<Join>,
    given: Vec<Clause>,
    cases: Vec<Case>,
}

/// What a block is of.
enum Head {
    Policy(PolicyHead),
    Member((MemberKind, Name)),
    Test(Span),
}

impl<'t, 'f> Reader<'t, 'f> {
    pub(crate) fn new(source: SourceId, text: &'t str, faults: &'f mut Faults) -> Self {
        let file = File { source, items: Vec::new(), comments: Vec::new(), broken: Vec::new() };
        Reader { source, text, faults, file, open: None, services: Vec::new(), skipping: false }
    }

    /// Reads all pieces.
    pub(crate) fn read(mut self, mut splitter: Splitter<'t>) -> File {
        while let Some(event) = splitter.next_event() {
            match event {
                Event::Piece(piece) => self.piece(piece),
                Event::Close(at) => self.close(at + 1),
                Event::Unclosed(found) => self.unclosed(found),
            }
        }
        self.file.comments = splitter.into_comments();
        self.file
    }

    fn piece(&mut self, piece: Piece) {
        self.skipping &= !piece.first_of_line;
        let read = !self.skipping && self.read_piece(&piece).is_some();
        if let Some(brace) = piece.brace {
            self.skipping = false;
            self.open.get_or_insert_with(|| Open::new(None, brace));
        } else {
            self.skipping |= !read;
            if let Some(open) = &mut self.open {
                open.end = piece.end;
            }
        }
    }

    /// Reads a piece and puts it where it belongs; `None` after a fault.
    fn read_piece(&mut self, piece: &Piece) -> Option<()> {
        let pairs = match piece.obstacle {
            Some(obstacle) => {
                tell_obstacle(self.faults, obstacle);
                None
            }
            None => self.ask_grammar(piece),
        };
        let Some(pairs) = pairs else {
            self.file.broken.extend(broken::declared(self.source, self.text, piece));
            return None;
        };
        let placed = self.place(piece, pairs);
        if placed.is_none() {
            let error = self.faults.error(code::SYNTAX, piece.start, piece.end, "this cannot be read");
            self.faults.tell(error);
        }
        placed
    }

    fn ask_grammar(&mut self, piece: &Piece) -> Option<Pairs<'t>> {
        let text = self.text.get(piece.start..piece.end)?;
        match Gate::parse(rule_of(piece.shape), text) {
            Ok(pairs) => Some(pairs),
            Err(error) => {
                let offset = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
                };
                match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => {
                        let at = piece.start + offset;
                        let service = self.service();
                        tell_stop(
                            self.faults,
                            &Stop { text: self.text, piece, at, rules: &positives, service },
                        );
                    }
                    ErrorVariant::CustomError { .. } => {
                        let message = "the stack of this thread is too small to read this";
                        let error = self.faults.error(code::LIMIT, piece.start, piece.end, message);
                        self.faults.tell(error);
                    }
                }
                None
            }
        }
    }

    /// The one service in use so far.
    fn service(&self) -> Option<&'t str> {
        match self.services.as_slice() {
            [service] => self.text.get(service.start as usize..service.end as usize),
            _ => None,
        }
    }

    fn place(&mut self, piece: &Piece, mut pairs: Pairs<'t>) -> Option<()> {
        let mut builder = Builder::new(self.source, piece.start, self.faults);
        let before = builder.before(&mut pairs, piece.docs.clone())?;
        let pair = pairs.next()?;
        let (span, head) = match piece.shape {
            Shape::Item => {
                let item = builder.item(pair, before)?;
                if let ItemKind::Use(services) = &item.kind {
                    self.services.extend(services.iter().take(2));
                    self.services.truncate(2);
                }
                self.file.items.push(item);
                return Some(());
            }
            Shape::PolicyHead => builder.policy_head(pair).map(|(span, head)| (span, Head::Policy(head)))?,
            Shape::MemberHead => builder.member_head(pair).map(|(span, head)| (span, Head::Member(head)))?,
            Shape::TestHead => builder.test_head(pair).map(|(span, head)| (span, Head::Test(head)))?,
            _ => return self.place_in_block(piece, pair, before),
        };
        self.open = Some(Open::new(Some((span, before, head)), piece.brace?));
        Some(())
    }

    fn place_in_block(&mut self, piece: &Piece, pair: Pair<'t>, before: Before) -> Option<()> {
        let open = self.open.as_mut()?;
        let mut builder = Builder::new(self.source, piece.start, self.faults);
        match piece.shape {
            Shape::Statement => open.statements.push(builder.statement(pair, before)?),
            Shape::Join => open.joins.push(builder.join(pair)?),
            Shape::Case => open.cases.push(builder.case(pair, before)?),
            _ if !open.given.is_empty() || !open.cases.is_empty() => {
                let message = "`given` stands once, before all cases";
                let error = self.faults.error(code::SYNTAX, piece.body, piece.body + "given".len(), message);
                self.faults.tell(error);
            }
            _ => open.given = builder.given(pair)?,
        }
        Some(())
    }

    fn close(&mut self, end: usize) {
        self.skipping = false;
        let Some(open) = self.open.take() else { return };
        let Some((span, before, head)) = open.head else { return };
        let kind = match head {
            Head::Policy(PolicyHead { kind, name, params }) => {
                let body = PolicyBody::Statements(open.statements);
                ItemKind::Policy(Policy { kind, name, params, body })
            }
            Head::Member((kind, name)) => ItemKind::Member(Member { kind, name, joins: open.joins }),
            Head::Test(name) => ItemKind::Test(Test { name, given: open.given, cases: open.cases }),
        };
        let span = Span::new(self.source, span.start as usize, end);
        self.file.items.push(Item { span, before, kind });
    }

    fn unclosed(&mut self, found: Option<(usize, usize)>) {
        let Some(open) = &self.open else { return };
        let mut error = self
            .faults
            .error(code::UNCLOSED_BLOCK, open.brace, open.brace + 1, "this `{` has no `}`")
            .help("close the block with `}`");
        if let Some((start, end)) = found {
            error = error.label(Span::new(self.source, start, end), "the next item begins inside it");
        }
        self.faults.tell(error);
        let end = open.end;
        self.close(end);
    }
}

impl Open {
    fn new(head: Option<(Span, Before, Head)>, brace: usize) -> Self {
        Open {
            head,
            end: brace + 1,
            brace,
            statements: Vec::new(),
            joins: Vec::new(),
            given: Vec::new(),
            cases: Vec::new(),
        }
    }
}

fn rule_of(shape: Shape) -> Rule {
    match shape {
        Shape::Item => Rule::one_item,
        Shape::PolicyHead => Rule::one_policy_head,
        Shape::MemberHead => Rule::one_member_head,
        Shape::TestHead => Rule::one_test_head,
        Shape::Statement => Rule::one_statement,
        Shape::Join => Rule::one_join,
        Shape::Given => Rule::one_given,
        Shape::Case => Rule::one_case,
    }
}
