//! Values of conditions and clauses: what the tree holds becomes what operators read.

use super::Resolver;
use super::parameters::{Argument, Type};
use crate::model::Instant;
use crate::model::read::{Literal, Place, TestBuilder, shown};
use crate::nearest::nearest;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{Value, ValueKind};
use passgate_grammar::{Diagnostic, Safety, Span, code};

/// What kind a list of values is of; the kind chooses the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Instant,
    Bool,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Number => "a number",
            Kind::Instant => "an instant",
            Kind::Bool => "`true` or `false`",
        }
    }
}

/// Stands for an instant that is not known yet.
const ANY_INSTANT: &str = "2000-01-01T00:00:00Z";

impl Resolver<'_> {
    /// The one kind of a list of values; told where there is none, or several.
    pub(super) fn kind_of(&mut self, values: &[Value]) -> Option<Kind> {
        let mut first: Option<(Kind, Span)> = None;
        let mut readable = true;
        for value in values {
            let Some(kind) = self.kind(*value) else {
                readable = false;
                continue;
            };
            match first {
                None => first = Some((kind, value.span)),
                Some((known, span)) if known != kind => {
                    self.mixed(*value, kind, known, span);
                    return None;
                }
                Some(_) => {}
            }
        }
        if readable { first.map(|(kind, _)| kind) } else { None }
    }

    fn kind(&mut self, value: Value) -> Option<Kind> {
        match value.kind {
            ValueKind::Text => Some(Kind::Text),
            ValueKind::Number => Some(Kind::Number),
            ValueKind::Instant => Some(Kind::Instant),
            ValueKind::True | ValueKind::False => Some(Kind::Bool),
            ValueKind::Word => self.kind_of_word(value.span),
            ValueKind::Address => {
                let told = Diagnostic::error(code::BAD_VALUE, value.span, "an address stands after `in`");
                self.out.push(told.help("`KEY in NETWORK`; as text it stands in quotes"));
                None
            }
        }
    }

    /// A parameter among values is text or an instant.
    fn kind_of_word(&mut self, span: Span) -> Option<Kind> {
        match self.parameter_type(span) {
            Some(Type::Text) => Some(Kind::Text),
            Some(Type::Instant) => Some(Kind::Instant),
            Some(other) => {
                let message = format!("the parameter `{}` is {}, no value", self.slice(span), other.word());
                let told = Diagnostic::error(code::WRONG_KIND, span, message);
                self.out.push(told.help("a parameter among values is a `string` or an `instant`"));
                None
            }
            None => {
                self.unquoted(span);
                None
            }
        }
    }

    /// Text without quotes, or a parameter that does not exist.
    pub(super) fn unquoted(&mut self, span: Span) {
        let word = self.slice(span);
        let message = format!("`{}` is no parameter of this policy; text stands in quotes", shown(word));
        let told = Diagnostic::error(code::UNQUOTED_VALUE, span, message);
        let near = nearest(word, ["true", "false"]);
        let told = told.help(format!("write `\"{}\"`", shown(word)));
        self.out.push(told.fix("in quotes", span, format!("\"{word}\""), Safety::Safe).nearest(near));
    }

    fn mixed(&mut self, value: Value, kind: Kind, first: Kind, span: Span) {
        let message = "the values of one list are of one kind";
        let told = Diagnostic::error(code::BAD_VALUE, value.span, message);
        let told = told.label(value.span, format!("this is {}", kind.word()));
        self.out.push(told.label(span, format!("this is {}", first.word())));
    }

    /// Reads one value for an operator.
    pub(super) fn push_value(&mut self, values: &mut TestBuilder, value: Value) {
        let (span, place) = (value.span, Place::new(value.span));
        let written = self.slice(span);
        match value.kind {
            ValueKind::Text => {
                let meant = unquote(written);
                values.push(Literal::Text(&meant), place, &mut self.out);
            }
            ValueKind::Number => values.push(Literal::Number(written), place, &mut self.out),
            ValueKind::True => values.push(Literal::Bool(true), place, &mut self.out),
            ValueKind::False => values.push(Literal::Bool(false), place, &mut self.out),
            ValueKind::Instant => {
                if self.instant(span).is_some() {
                    values.push(Literal::Instant(written), place, &mut self.out);
                }
            }
            ValueKind::Word => self.push_parameter(values, span),
            ValueKind::Address => {}
        }
    }

    /// Reads the value of a parameter; while it has none, any of its type does.
    fn push_parameter(&mut self, values: &mut TestBuilder, span: Span) {
        let place = Place::new(span);
        if self.parameter_type(span) == Some(Type::Instant) {
            let instant = self.instant_parameter(span).map_or(ANY_INSTANT.into(), |known| known.to_string());
            values.push(Literal::Instant(&instant), place, &mut self.out);
            return;
        }
        let value = |argument: &Argument| match argument {
            Argument::Text(text) => Some(text.clone()),
            _ => None,
        };
        if let Some(text) = self.parameter(span, Type::Text, value) {
            values.push(Literal::Text(text.as_deref().unwrap_or("")), place, &mut self.out);
        }
    }

    fn instant_parameter(&mut self, span: Span) -> Option<Instant> {
        let instant = self.parameter(span, Type::Instant, |argument| match argument {
            Argument::Instant(instant) => Some(*instant),
            _ => None,
        });
        instant.flatten()
    }

    /// The instant of `since` or `until`.
    pub(super) fn clause_instant(&mut self, value: Value) -> Option<Instant> {
        let span = value.span;
        let written = shown(self.slice(span));
        let told = match value.kind {
            ValueKind::Instant => return self.instant(span),
            ValueKind::Word if self.parameter_type(span).is_some() => return self.instant_parameter(span),
            ValueKind::Word => {
                let message = format!("`{written}` is no parameter of this policy; here stands an instant");
                Diagnostic::error(code::UNKNOWN_NAME, span, message)
            }
            _ => Diagnostic::error(code::BAD_VALUE, span, format!("`{written}` is no instant")),
        };
        let meant = unquote(self.slice(span));
        self.out.push(match (value.kind, Instant::parse(&meant)) {
            (ValueKind::Text, Some(instant)) => told.help("an instant stands without quotes").fix(
                "without quotes",
                span,
                instant.to_string(),
                Safety::Safe,
            ),
            _ => told.help("an instant is written `2026-07-01T00:00:00Z`"),
        });
        None
    }

    /// An instant as `.gate` writes it: always with its time, always UTC.
    pub(super) fn instant(&mut self, span: Span) -> Option<Instant> {
        let written = self.slice(span);
        if let Some(instant) = Instant::parse(written) {
            return Some(instant);
        }
        let told =
            if let Some((instant, safety)) = meant_instant(written) {
                let message = "an instant needs its time, in UTC";
                Diagnostic::error(code::DATE_WITHOUT_TIME, span, message)
                    .help(format!("write `{instant}`"))
                    .fix(format!("`{instant}`"), span, instant, safety)
            } else {
                let message = format!("`{}` is no instant", shown(written));
                Diagnostic::error(code::BAD_VALUE, span, message)
                    .help("an instant is written `2026-07-01T00:00:00Z`")
            };
        self.out.push(told);
        None
    }
}

/// What a date without time, without zone or with an offset stands for.
fn meant_instant(written: &str) -> Option<(String, Safety)> {
    let with = |text: String| Instant::parse(&text).map(|i| i.to_string());
    if let Some(instant) = with(format!("{written}T00:00:00Z")) {
        return Some((instant, Safety::Safe));
    }
    if let Some(instant) = with(format!("{written}Z")) {
        return Some((instant, Safety::Unsafe));
    }
    if let Some(instant) = with(format!("{written}:00Z")).or_else(|| with(written.to_ascii_uppercase())) {
        return Some((instant, Safety::Unsafe));
    }
    let at = written.len().checked_sub("+08:00".len())?;
    let (local, offset) = (written.get(..at)?, written.get(at..)?);
    let sign = match offset.get(..1)? {
        "+" => -1,
        "-" => 1,
        _ => return None,
    };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    let mut instant = Instant::parse(&format!("{local}Z"))?;
    instant.seconds += sign * (hours * 3600 + minutes * 60);
    let text = instant.to_string();
    Instant::parse(&text)?;
    Some((text, Safety::Safe))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, meant: Option<&str>) {
        assert_eq!(meant_instant(written).map(|(text, _)| text).as_deref(), meant, "{written}");
    }

    #[test]
    fn dates_and_other_zones_have_an_instant_in_utc() {
        check("2026-07-01", Some("2026-07-01T00:00:00Z"));
        check("2026-07-01T08:30:00", Some("2026-07-01T08:30:00Z"));
        check("2026-07-01T08:30", Some("2026-07-01T08:30:00Z"));
        check("2026-07-01t08:30:00z", Some("2026-07-01T08:30:00Z"));
        check("2026-07-01T00:00:00+08:00", Some("2026-06-30T16:00:00Z"));
        check("2026-12-31T23:00:00-01:30", Some("2027-01-01T00:30:00Z"));
        check("0001-01-01T00:00:00+08:00", None);
        check("2026-07-01T00:00:00+99:00", None);
        check("2026-02-30", None);
        check("", None);
        check("é+08:00", None);
    }
}
