//! The parser that pest makes of `gate.pest`. Everything else of this room turns its pairs into the tree.

/// The grammar as generated code.
#[derive(pest_derive::Parser)]
#[grammar = "../gate.pest"]
pub(crate) struct Gate;

/// A rule that matched, with what matched inside it.
pub(crate) type Pair<'t> = pest::iterators::Pair<'t, Rule>;
/// Rules that matched one after the other.
pub(crate) type Pairs<'t> = pest::iterators::Pairs<'t, Rule>;

#[cfg(test)]
mod tests {
    use super::{Gate, Rule};
    use crate::parse::parse;
    use crate::source::Sources;
    use pest::Parser;

    /// A sequence of numbers that is the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % n
        }
    }

    const SEEDS: &[&str] = &[
        "use a , test set b.c = \"d\" , 1 network n = 1.2.3.4/8 , m only ( ::1 except o )",
        "@id ( x ) policy p ( n : network , t :instant ) { allow a , svc:b* except c from n since t \
         @reason ( \"x\" ) deny * unless any k is absent or not in n when j >= 5 and i is not \"x\" ignoring case }",
        "trust policy t { allow a to anyone , qcs \"x\" } resource policy r = cam \"f\" actions a = b",
        "user 1 { in g , \"h\" attach p ( a , ( b , c ) ) , q within w } role r { } group g { in f }",
        "assert no one may a assert only group g , user u may not b from n on \"x\" assert everyone may c",
        "test \"t\" { given from n at 2026-01-01T00:00:00Z user u in g may not a because root \
         root may b with k is true policy p ( x ) may c }",
    ];
    const WORDS: &[&str] = &[
        ",", "{", "}", "(", ")", "=", "@", "allow", "deny", "policy", "user", "root", "in", "from", "not",
        "only", "except", "use", "assert", "test", "a", "\"s\"", "1.1.1.1", "svc:x", "\n", "// c\n",
        "/// d\n", "when", "unless", "is", "because", "may", "resource", "attach", "and", "k:v", "<", "x@y",
        "[", "given",
    ];

    fn change(dice: &mut Dice, words: &mut Vec<&'static str>) {
        let at = dice.below(words.len());
        let new = WORDS[dice.below(WORDS.len())];
        match dice.below(5) {
            0 => drop(words.remove(at)),
            1 => words.insert(at, new),
            2 => words[at] = new,
            3 => {
                let other = dice.below(words.len());
                words.swap(at, other);
            }
            _ => words.insert(at, "\n"),
        }
        if words.is_empty() {
            words.push("a");
        }
    }

    /// Reading piece by piece finds a fault exactly where the grammar of the whole file does.
    #[test]
    fn pieces_agree_with_the_whole_file() {
        let mut dice = Dice(20_250_806);
        let (mut right, mut wrong) = (0, 0);
        for round in 0..6_000 {
            let mut words: Vec<_> = SEEDS[round % SEEDS.len()].split(' ').filter(|w| !w.is_empty()).collect();
            if round % 3 == 0 {
                words.extend(SEEDS[dice.below(SEEDS.len())].split(' ').filter(|w| !w.is_empty()));
            }
            for _ in 0..dice.below(4) {
                change(&mut dice, &mut words);
            }
            let text = words.join(" ");
            let whole = Gate::parse(Rule::file, &text).is_ok();
            let mut sources = Sources::new();
            let id = sources.add("t.gate", text.as_str());
            let parsed = parse(&sources, id);
            assert_eq!(parsed.diagnostics.is_empty(), whole, "{text}\n{:#?}", parsed.diagnostics);
            if whole { right += 1 } else { wrong += 1 }
        }
        assert!(right > 1_000 && wrong > 1_000, "{right} right, {wrong} wrong");
    }
}
