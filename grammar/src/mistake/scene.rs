//! Where the grammar stopped: the token found, the tokens around it, and what could stand there.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::parse::gate::Rule;
use crate::scan::piece::{Block, Piece};
use crate::scan::token::{Kind, Lexer, Token};
use crate::source::{SourceId, Span};
use crate::word;

/// What a set at a place holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// After `allow`, `deny`, `may`, `actions`.
    Actions,
    /// After `from`, `in`, `network`.
    Addresses,
    /// After `on`, `resources`.
    Resources,
    /// Elsewhere.
    Other,
}

/// A token with its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'t> {
    pub(crate) kind: Kind,
    pub(crate) text: &'t str,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl<'t> Word<'t> {
    fn next(lexer: &mut Lexer<'t>) -> Self {
        let token = lexer.next_word();
        let Token { kind, start, end, .. } = token;
        Word { kind, text: lexer.slice(token), start, end }
    }

    fn nothing(at: usize) -> Self {
        Word { kind: Kind::End, text: "", start: at, end: at }
    }

    /// `"…"`
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text { .. })
    }

    /// A word, action, address, key or number that is not reserved.
    pub(crate) fn is_free_run(&self) -> bool {
        self.kind == Kind::Run && !word::is_reserved(self.text)
    }

    /// Whether it can be the last token of a member of a list.
    pub(crate) fn ends_member(&self) -> bool {
        self.is_text()
            || self.is_free_run()
            || self.text == ")"
            || matches!(self.text, "true" | "false" | "root")
    }
}

/// A place where the grammar could not go on.
pub(crate) struct Stop<'t, 'p> {
    /// The whole text.
    pub(crate) text: &'t str,
    /// The piece it is in.
    pub(crate) piece: &'p Piece,
    /// Where, in bytes of the text.
    pub(crate) at: usize,
    /// What could have stood there.
    pub(crate) rules: &'p [Rule],
    /// The one service in use so far.
    pub(crate) service: Option<&'t str>,
}

/// What there is to see at the place where the grammar stopped.
#[derive(Debug)]
pub(crate) struct Scene<'t, 'p> {
    source: SourceId,
    pub(crate) text: &'t str,
    pub(crate) piece: &'p Piece,
    rules: &'p [Rule],
    /// The token that cannot stand there; of kind `End` where the piece ends.
    pub(crate) found: Word<'t>,
    /// The token before it, and the one before that; empty where there is none.
    pub(crate) previous: Word<'t>,
    pub(crate) before_previous: Word<'t>,
    /// The first word of the piece after its notes.
    pub(crate) head: Word<'t>,
    /// The last word that began a clause, or the actions.
    pub(crate) clause: Word<'t>,
    /// What the set here holds.
    pub(crate) place: Place,
    /// The last `only` or `except` of the same set.
    pub(crate) narrowed: Option<Word<'t>>,
    /// The one service in use so far.
    pub(crate) service: Option<&'t str>,
}

impl<'t, 'p> Scene<'t, 'p> {
    /// Looks at the place where the grammar stopped.
    pub(crate) fn new(source: SourceId, stop: &Stop<'t, 'p>) -> Self {
        let Stop { text, piece, at, rules, service } = *stop;
        let nothing = Word::nothing(piece.start);
        let mut scene = Scene {
            source,
            text,
            piece,
            rules,
            found: Word::nothing(piece.end),
            previous: nothing,
            before_previous: nothing,
            head: Word::nothing(piece.body),
            clause: nothing,
            place: Place::Other,
            narrowed: None,
            service,
        };
        let mut lexer = Lexer::new(text, piece.start);
        loop {
            let word = Word::next(&mut lexer);
            if word.start >= piece.end || word.kind == Kind::End {
                return scene;
            }
            if word.start == piece.body {
                scene.head = word;
            }
            if word.end > at {
                scene.found = word;
                return scene;
            }
            scene.pass(word);
        }
    }

    fn pass(&mut self, word: Word<'t>) {
        self.before_previous = self.previous;
        self.previous = word;
        match word.text {
            "allow" | "deny" | "may" | "actions" => self.begin(word, Place::Actions),
            "from" | "network" => self.begin(word, Place::Addresses),
            "in" => {
                self.place = Place::Addresses;
                self.narrowed = None;
            }
            "on" | "resources" => self.begin(word, Place::Resources),
            "to" | "since" | "until" | "when" | "unless" | "at" | "with" | "because" | "attach"
            | "within" => {
                self.begin(word, Place::Other);
            }
            "only" | "except" => self.narrowed = Some(word),
            "(" | ")" => self.narrowed = None,
            _ => {}
        }
    }

    fn begin(&mut self, word: Word<'t>, place: Place) {
        self.clause = word;
        self.place = place;
        self.narrowed = None;
    }

    /// What could stand there.
    pub(crate) fn rules(&self) -> &[Rule] {
        self.rules
    }

    /// Whether this could stand there.
    pub(crate) fn wants(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    /// Whether a member of a set could stand there.
    pub(crate) fn wants_term(&self) -> bool {
        self.wants(Rule::expr) || self.wants(Rule::action) || self.wants(Rule::address)
    }

    /// Whether a value of a condition or setting could stand there.
    pub(crate) fn wants_value(&self) -> bool {
        self.wants(Rule::number)
    }

    /// Whether a list could go on there with a comma.
    pub(crate) fn may_go_on(&self) -> bool {
        let of_names = matches!(self.head.text, "in" | "attach" | "use" | "set") && self.wants(Rule::EOI);
        let of_terms = self.wants(Rule::EXCEPT) || self.narrowed.is_some() && self.wants(Rule::clause);
        let of_values = self.wants(Rule::IGNORING) || self.wants(Rule::AND) && !self.wants(Rule::OR);
        self.previous.ends_member() && (of_terms || of_values || of_names || self.wants(Rule::RIGHT))
    }

    /// Whether the piece is at its end.
    pub(crate) fn at_end(&self) -> bool {
        self.found.kind == Kind::End
    }

    /// Whether the token found is the first after the notes.
    pub(crate) fn at_head(&self) -> bool {
        !self.at_end() && self.found.start == self.head.start
    }

    /// Whether the place is inside a condition.
    pub(crate) fn in_condition(&self) -> bool {
        matches!(self.clause.text, "when" | "unless" | "with")
    }

    /// Whether the place is inside a policy, or where one should be.
    pub(crate) fn in_policy(&self) -> bool {
        self.piece.block == Block::Policy
    }

    /// The tokens after the one found, to the end of the piece.
    pub(crate) fn ahead(&self) -> impl Iterator<Item = Word<'t>> {
        self.words_from(self.found.end)
    }

    /// The tokens from a byte on, to the end of the piece.
    pub(crate) fn words_from(&self, at: usize) -> impl Iterator<Item = Word<'t>> + use<'t> {
        let mut lexer = Lexer::new(self.text, at);
        let end = self.piece.end;
        std::iter::from_fn(move || {
            let word = Word::next(&mut lexer);
            (word.kind != Kind::End && word.start < end).then_some(word)
        })
    }

    /// The text of some bytes.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    /// A span of some bytes.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// The span of a token.
    pub(crate) fn span_of(&self, word: &Word<'_>) -> Span {
        self.span(word.start, word.end)
    }

    /// An error at a token.
    pub(crate) fn error(&self, code: Code, word: &Word<'_>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.span_of(word), message)
    }

    /// What a list here is of, in the singular.
    pub(crate) fn member_noun(&self) -> &'static str {
        match (self.head.text, self.place) {
            ("use", _) => "service",
            ("set", _) => "value",
            ("in", _) => "group or role",
            ("attach", _) => "policy",
            (_, Place::Actions) => "action",
            (_, Place::Addresses) => "address",
            (_, Place::Resources) => "resource",
            _ if self.in_condition() => "value",
            _ => "member",
        }
    }
}
