//! The `console` blocks of the README and of `docs/` are transcripts: each line `$ passgate …` is run from the top of
//! the checkout, and what it writes to stdout is what the page shows. An exit code that is not 0 is shown as `[exit N]`.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A command of a page and what should follow.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    place: String,
    command: String,
    shown: String,
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_pages_show_what_the_command_writes() {
    let steps: Vec<Step> = pages().iter().flat_map(|(name, text)| steps(name, text)).collect();
    assert!(steps.len() >= 8, "only {} commands found", steps.len());
    let wrong: Vec<String> = steps.iter().filter_map(fault).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[expect(clippy::disallowed_methods, reason = "tests read the documentation")]
fn pages() -> Vec<(String, String)> {
    let list = |folder: &str| {
        let listed = std::fs::read_dir(top().join(folder)).expect("a folder of pages");
        listed.map(|entry| entry.expect("an entry").path()).collect::<Vec<PathBuf>>()
    };
    let mut paths: Vec<PathBuf> = ["docs", "docs/how-to"].into_iter().flat_map(list).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    paths.push(top().join("README.md"));
    paths.sort();
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(&path).expect("a page"));
    paths.into_iter().map(read).collect()
}

fn steps(name: &str, text: &str) -> Vec<Step> {
    let (mut all, mut inside): (Vec<Step>, bool) = (Vec::new(), false);
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            let place = format!("{name}:{number}");
            all.push(Step { place, command: command.to_owned(), shown: String::new() });
        } else if let (true, Some(step)) = (inside, all.last_mut()) {
            step.shown.push_str(line);
            step.shown.push('\n');
        }
    }
    all
}

/// How what is written differs from what is shown.
fn fault(step: &Step) -> Option<String> {
    let mut words = words(&step.command).into_iter();
    assert_eq!(words.next().as_deref(), Some("passgate"), "{}: another command", step.place);
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let output = command.args(words).current_dir(top()).output().expect("the command runs");
    let mut written = String::from_utf8(output.stdout).expect("text");
    match output.status.code() {
        Some(0) => {}
        Some(code) => written.push_str(&format!("[exit {code}]\n")),
        None => panic!("{}: the command was ended by a signal", step.place),
    }
    (written != step.shown).then(|| format!("{}\n{}--- written\n{written}", step.place, step.shown))
}

/// The words of a command as a shell takes them: blanks part, single quotes hold together.
fn words(command: &str) -> Vec<String> {
    let (mut all, mut word, mut quoted): (Vec<String>, Option<String>, bool) = (Vec::new(), None, false);
    for c in command.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => all.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    all.extend(word);
    all
}

/// The commands that a command lists in its help, without `help` itself.
fn listed(of: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let output = command.args(of).arg("--help").output().expect("the command runs");
    let help = String::from_utf8(output.stdout).expect("text");
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.map_while(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests read the documentation")]
fn the_readme_lists_every_command() {
    let readme = std::fs::read_to_string(top().join("README.md")).expect("the README");
    let mut lacking = Vec::new();
    for command in listed(&[]) {
        let below = listed(&[&command]);
        let whole = below.iter().map(|inner| format!("{command} {inner}"));
        let whole: Vec<String> = if below.is_empty() { vec![command] } else { whole.collect() };
        lacking.extend(whole.into_iter().filter(|name| !readme.contains(&format!("\n| `{name} "))));
    }
    assert!(lacking.is_empty(), "the table of commands lacks {lacking:?}");
    assert!(listed(&["catalog"]).len() >= 3 && listed(&["check"]).is_empty());
}

#[test]
fn a_transcript_can_be_wrong() {
    let text = "```console\n$ passgate catalog show\nnothing\n```\n```text\n$ passgate no\n```\n";
    let found = steps("page", text);
    assert_eq!((found.len(), found.first().map(|s| s.shown.as_str())), (1, Some("nothing\n")));
    assert!(found.first().is_some_and(|step| fault(step).is_some()));
}
