//! The text cut into pieces that the grammar reads one by one: a whole item, the head of a block, a statement, a
//! join, a case. A fault then costs one piece (language reference, *Diagnostics and recovery*).
//!
//! In a right text the pieces are exactly what the grammar says, because the words that begin them are reserved.
//! In a wrong one, a word that begins something at the begin of a line is believed over a missing `}` or `)`.

use super::lookalike;
use super::token::{Kind, Lexer, Token};
use crate::limits;
use crate::source::{SourceId, Span};
use crate::tree::Comment;
use crate::word;

/// What stands around a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// Nothing: the file itself.
    File,
    /// `policy … { }`
    Policy,
    /// `user | group | role … { }`
    People,
    /// `test … { }`
    Test,
}

/// What a piece should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An item without a block.
    Item,
    /// What stands before the `{` of a policy.
    PolicyHead,
    /// The same of a user, group or role.
    MemberHead,
    /// The same of a test.
    TestHead,
    /// `allow …`, `deny …`
    Statement,
    /// `in …`, `attach …`, `within …`
    Join,
    /// `given …`
    Given,
    /// One line of a test.
    Case,
}

/// Why a piece is not given to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// A string without its closing quote, from the quote to the end of the line.
    OpenString(usize, usize),
    /// A parenthesis too deep.
    Deep(usize),
    /// A comma after which a list is too long.
    Long(usize),
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What it should be.
    pub(crate) shape: Shape,
    /// Where it stands.
    pub(crate) block: Block,
    /// First byte, notes included.
    pub(crate) start: usize,
    /// First byte after the notes; the end where there is nothing more.
    pub(crate) body: usize,
    /// One past the last byte of the last token.
    pub(crate) end: usize,
    /// Of a head: the `{` after it.
    pub(crate) brace: Option<usize>,
    /// Begins its line.
    pub(crate) first_of_line: bool,
    /// Doc comments before it.
    pub(crate) docs: Vec<Span>,
    /// Why the grammar is not asked.
    pub(crate) obstacle: Option<Obstacle>,
}

/// What the walk over the text meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// A piece; after a head its block is open.
    Piece(Piece),
    /// The `}` of the open block, at this byte.
    Close(usize),
    /// The block has no `}`: what is found instead, or the end of the text.
    Unclosed(Option<(usize, usize)>),
}

/// Walks over a text, piece by piece.
#[derive(Debug)]
pub(crate) struct Splitter<'t> {
    source: SourceId,
    lexer: Lexer<'t>,
    peeked: Option<Token>,
    block: Block,
    /// Doc comments since the last token of a piece.
    docs: Vec<Span>,
    /// Doc comments of the piece begun.
    piece_docs: Vec<Span>,
    comments: Vec<Comment>,
}

impl<'t> Splitter<'t> {
    /// Begins at byte `at` of a text.
    pub(crate) fn new(source: SourceId, text: &'t str, at: usize) -> Self {
        Splitter {
            source,
            lexer: Lexer::new(text, at),
            peeked: None,
            block: Block::File,
            docs: Vec::new(),
            piece_docs: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// The comments met.
    pub(crate) fn into_comments(self) -> Vec<Comment> {
        self.comments
    }

    /// The next event; `None` at the end of the text.
    pub(crate) fn next_event(&mut self) -> Option<Event> {
        let mut draft = Draft::default();
        loop {
            let token = self.peek();
            let text = self.lexer.slice(token);
            if draft.phase != Phase::Empty && self.ends_before(&draft, token, text) {
                let shape = Shape::of(self.block, &draft);
                return Some(Event::Piece(self.finish(draft, shape, None)));
            }
            if draft.phase == Phase::Empty {
                if self.block == Block::File && token.kind == Kind::End {
                    return None;
                }
                if let Some(event) = self.block_ends(token) {
                    return Some(event);
                }
            }
            if let Some((shape, block)) = self.block_begins(&draft, token) {
                let piece = self.finish(draft, shape, Some(token.start));
                self.peeked = None;
                self.docs.clear();
                self.block = block;
                return Some(Event::Piece(piece));
            }
            self.take(&mut draft, token, text);
        }
    }

    /// The next token that is no comment, left in place.
    fn peek(&mut self) -> Token {
        if let Some(token) = self.peeked {
            return token;
        }
        loop {
            let token = self.lexer.next_token();
            if token.kind != Kind::Comment {
                self.peeked = Some(token);
                return token;
            }
            self.keep_comment(token);
        }
    }

    fn keep_comment(&mut self, token: Token) {
        let text = self.lexer.slice(token);
        let span = Span::new(self.source, token.start, token.end);
        let doc = token.first_of_line && text.starts_with("///") && !text.starts_with("////");
        if doc {
            self.docs.push(span);
        }
        self.comments.push(Comment { span, doc, own_line: token.first_of_line });
    }

    /// With no piece begun: whether the block ends here, and how.
    fn block_ends(&mut self, token: Token) -> Option<Event> {
        if self.block == Block::File {
            return None;
        }
        let event = match token.kind {
            Kind::End => Event::Unclosed(None),
            Kind::Sign(b'}') => {
                self.peeked = None;
                self.docs.clear();
                Event::Close(token.start)
            }
            _ if self.opens_item(token) => Event::Unclosed(Some((token.start, token.end))),
            _ => return None,
        };
        self.block = Block::File;
        Some(event)
    }

    /// `{` after the words of a policy, principal or test.
    fn block_begins(&self, draft: &Draft<'t>, token: Token) -> Option<(Shape, Block)> {
        if self.block != Block::File || token.kind != Kind::Sign(b'{') || draft.nested > 0 {
            return None;
        }
        match draft.first {
            "policy" | "trust" | "resource" => Some((Shape::PolicyHead, Block::Policy)),
            "user" | "group" | "role" => Some((Shape::MemberHead, Block::People)),
            "test" => Some((Shape::TestHead, Block::Test)),
            _ => None,
        }
    }

    /// Adds a token to the piece begun.
    fn take(&mut self, draft: &mut Draft<'t>, token: Token, text: &'t str) {
        let begun = draft.phase == Phase::Body;
        if begun {
            self.docs.clear();
        }
        draft.push(token, text);
        if !begun && draft.phase == Phase::Body {
            self.piece_docs = std::mem::take(&mut self.docs);
        }
        self.peeked = None;
    }

    fn finish(&mut self, draft: Draft<'t>, shape: Shape, brace: Option<usize>) -> Piece {
        Piece {
            shape,
            block: self.block,
            start: draft.start,
            body: draft.body.unwrap_or(draft.end),
            end: draft.end,
            brace,
            first_of_line: draft.first_of_line,
            docs: std::mem::take(&mut self.piece_docs),
            obstacle: draft.obstacle,
        }
    }

    /// Whether the piece begun ends where this token stands.
    fn ends_before(&self, draft: &Draft<'t>, token: Token, text: &str) -> bool {
        match token.kind {
            Kind::End => true,
            Kind::Sign(b'}') if draft.nested > 0 => false,
            Kind::Sign(b'}') => self.block != Block::File || draft.first != "}",
            _ if (self.block != Block::File || draft.nested > 0) && self.opens_item(token) => true,
            Kind::Text { closed } => closed && draft.may_end_line(token) && self.followed_by_colon(),
            _ => draft.phase == Phase::Body && draft.nested == 0 && self.begins_piece(draft, token, text),
        }
    }

    /// Whether this token begins the next piece after one whose own words have begun.
    fn begins_piece(&self, draft: &Draft<'t>, token: Token, text: &str) -> bool {
        let before = draft.previous;
        let begins = match self.block {
            Block::File => text == "@" || word::begins_item(text) && !draft.wants_item_word(token, text),
            Block::Policy => text == "@" || word::is_effect(text) && before != "because",
            Block::People => text == "@" || word::begins_join(text),
            Block::Test if word::is_effect(draft.first) => text == "@",
            Block::Test => text == "@" || word::begins_case(text) && before != "because",
        };
        let foreign =
            matches!(token.kind, Kind::Sign(b'#')) || text.starts_with("/*") || text.starts_with("--");
        let begins_line = || foreign || word::looks_like_begin(text) || self.looks_like_begin_from(token);
        begins || draft.may_end_line(token) && begins_line()
    }

    /// Whether a word begins here that is taken for one that begins a piece, though some of its letters are not Latin.
    fn looks_like_begin_from(&self, token: Token) -> bool {
        let rest = self.lexer.rest(token.start);
        let word = rest.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or("");
        word.len() <= 36 && lookalike::word_taken_for(word).is_some_and(|word| word::looks_like_begin(&word))
    }

    /// Whether a `:` follows the token peeked at: a member of a JSON object, which stands in no piece.
    fn followed_by_colon(&self) -> bool {
        let mut ahead = self.lexer;
        let next = ahead.next_word();
        ahead.slice(next) == ":"
    }

    /// Whether an item begins here for certain: its word begins the line, and what follows fits. Inside a block
    /// this says that `}` is missing.
    fn opens_item(&self, token: Token) -> bool {
        if !token.first_of_line || token.kind != Kind::Run {
            return false;
        }
        let mut ahead = self.lexer;
        let mut next = || {
            let token = ahead.next_word();
            (token.kind, ahead.slice(token))
        };
        match self.lexer.slice(token) {
            "use" | "set" | "assert" => true,
            "network" | "actions" | "resources" => {
                next();
                next().1 == "="
            }
            "trust" | "resource" => next().1 == "policy",
            "user" | "group" | "role" => {
                next();
                next().1 == "{"
            }
            "test" => matches!(next().0, Kind::Text { .. }) && next().1 == "{",
            "policy" => {
                next();
                matches!(next().1, "{" | "=") || self.block != Block::Test && next().1.ends_with(':')
            }
            _ => false,
        }
    }
}

impl Shape {
    fn of(block: Block, draft: &Draft<'_>) -> Shape {
        match block {
            Block::File => Shape::Item,
            Block::Policy => Shape::Statement,
            Block::People => Shape::Join,
            Block::Test if draft.first == "given" => Shape::Given,
            Block::Test => Shape::Case,
        }
    }
}

/// How far a piece begun has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Empty,
    /// After `@`.
    NoteWord,
    /// After the word of a note, up to its `)`.
    NoteArgs,
    /// Between notes, or between them and the first word.
    AfterNote,
    /// After the first word that is no note.
    Body,
}

/// A piece that is being collected.
#[derive(Debug, Clone, Copy, Default)]
struct Draft<'t> {
    phase: Phase,
    start: usize,
    end: usize,
    body: Option<usize>,
    first_of_line: bool,
    /// The first word that is no note.
    first: &'t str,
    /// The token before.
    previous: &'t str,
    parens: usize,
    /// Open braces that belong to no block.
    nested: usize,
    /// Commas so far of the list at each depth.
    commas: [usize; limits::PAREN_DEPTH + 1],
    obstacle: Option<Obstacle>,
}

impl<'t> Draft<'t> {
    fn push(&mut self, token: Token, text: &'t str) {
        if self.phase == Phase::Empty {
            self.start = token.start;
            self.first_of_line = token.first_of_line;
        }
        self.advance(token, text);
        match token.kind {
            Kind::Sign(b'(') => self.open_paren(token.start),
            Kind::Sign(b')') => self.parens = self.parens.saturating_sub(1),
            Kind::Sign(b'{') => self.nested += 1,
            Kind::Sign(b'}') => self.nested = self.nested.saturating_sub(1),
            Kind::Sign(b',') => self.count_comma(token.start),
            Kind::Run if word::is_reserved(text) => self.begin_list(),
            Kind::Text { closed: false } => self.stop(Obstacle::OpenString(token.start, token.end)),
            _ => {}
        }
        self.previous = text;
        self.end = token.end;
    }

    fn advance(&mut self, token: Token, text: &'t str) {
        if self.phase == Phase::Body {
            return;
        }
        let begins = token.first_of_line && word::looks_like_begin(text);
        self.phase = match self.phase {
            _ if text == "@" => Phase::NoteWord,
            Phase::NoteWord if !begins => Phase::NoteArgs,
            Phase::NoteArgs if begins => Phase::Body,
            Phase::NoteArgs if text == ")" && self.parens <= 1 => Phase::AfterNote,
            Phase::NoteArgs => return,
            _ => Phase::Body,
        };
        if self.phase == Phase::Body {
            self.first = text;
            self.body = Some(token.start);
        }
    }

    fn open_paren(&mut self, at: usize) {
        self.parens += 1;
        if self.parens > limits::PAREN_DEPTH {
            self.stop(Obstacle::Deep(at));
        }
        self.begin_list();
    }

    fn begin_list(&mut self) {
        if let Some(commas) = self.commas.get_mut(self.parens) {
            *commas = 0;
        }
    }

    fn count_comma(&mut self, at: usize) {
        if let Some(commas) = self.commas.get_mut(self.parens) {
            *commas += 1;
            if *commas >= limits::LIST_TERMS {
                self.stop(Obstacle::Long(at));
            }
        }
    }

    fn stop(&mut self, obstacle: Obstacle) {
        self.obstacle.get_or_insert(obstacle);
    }

    /// Whether an item's word continues the item begun instead of beginning the next one.
    fn wants_item_word(&self, token: Token, text: &str) -> bool {
        let before = self.previous;
        if self.wants_name() && !token.first_of_line {
            return true; // a name that ought to be another, or quoted
        }
        match self.first {
            "use" => matches!(before, "use" | ","),
            "assert" => matches!(before, "assert" | "only" | ",") && word::begins_case(text),
            "trust" | "resource" if text == "policy" => before == self.first,
            "policy" | "trust" | "resource" => self.parens > 0 && before.ends_with(':'),
            _ => false,
        }
    }

    /// Whether the first word is all so far, and a name follows it.
    fn wants_name(&self) -> bool {
        let alone = self.body.is_some_and(|body| body + self.first.len() == self.end);
        alone && !matches!(self.first, "use" | "assert" | "test" | "trust" | "resource")
    }

    /// Whether this token begins a line after something that may be a whole piece.
    fn may_end_line(&self, token: Token) -> bool {
        let begun = self.phase == Phase::Body && self.nested == 0;
        begun && token.first_of_line && self.is_complete()
    }

    /// Whether nothing need follow the token before.
    fn is_complete(&self) -> bool {
        match self.previous {
            "present" | "absent" | "true" | "false" | "root" | ")" | "}" => true,
            text if word::is_reserved(text) => false,
            text => text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '*' | '_' | '-' | '/')),
        }
    }
}
