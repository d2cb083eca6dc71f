//! Links within the project lead to a file, and to a heading where they name one.

use super::page::{Page, pages, top};
use std::collections::BTreeSet;

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut found = 0;
    let mut wrong = Vec::new();
    for page in &pages {
        for (number, target) in targets(page) {
            found += 1;
            if let Some(why) = broken(page, &pages, target) {
                wrong.push(format!("{}:{number}: {target}: {why}", page.name));
            }
        }
    }
    assert!(found > 60, "only {found} links found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every page of `docs/` is reached from the README.
#[test]
fn every_page_is_named_by_the_readme() {
    let pages = pages();
    let readme = pages.iter().find(|p| p.name == "README.md").expect("README.md");
    let named: BTreeSet<&str> = targets(readme).into_iter().map(|(_, target)| target).collect();
    let lost: Vec<_> =
        pages.iter().map(|p| p.name.as_str()).filter(|n| *n != "README.md" && !named.contains(n)).collect();
    assert!(lost.is_empty(), "README.md does not lead to {lost:?}");
}

/// The targets of links outside blocks, those to other sites left out.
fn targets(page: &Page) -> Vec<(usize, &str)> {
    let of_line = |(number, line): (usize, &'_ str)| {
        let parts = line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
        parts.map(move |target| (number, target.to_owned())).collect::<Vec<_>>()
    };
    let all = page.prose().into_iter().flat_map(of_line);
    let local = all.filter(|(_, t)| !t.starts_with("https:"));
    local
        .filter_map(|(n, t)| {
            Some((n, page.text.get(page.text.find(&format!("]({t})"))? + 2..)?.get(..t.len())?))
        })
        .collect()
}

fn broken(page: &Page, pages: &[Page], target: &str) -> Option<String> {
    let (path, heading) =
        target.split_once('#').map_or((target, None), |(path, heading)| (path, Some(heading)));
    let folder = page.name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = if path.is_empty() { page.name.clone() } else { join(folder, path) };
    if !top().join(&name).exists() {
        return Some("no such file".to_owned());
    }
    let heading = heading?;
    let Some(page) = pages.iter().find(|p| p.name == name) else {
        return Some("headings of no page".to_owned());
    };
    let found = page
        .prose()
        .iter()
        .filter(|(_, line)| line.starts_with('#'))
        .any(|(_, line)| anchor(line) == heading);
    (!found).then(|| "no such heading".to_owned())
}

fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A heading as links name it: lower case, blanks as `-`, other signs left out.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn headings_become_anchors() {
    assert_eq!(anchor("## 2. The order of a decision"), "2-the-order-of-a-decision");
    assert_eq!(anchor("## Sets: `only` and `except`"), "sets-only-and-except");
    assert_eq!(join("docs", "../a/./b.md"), "a/b.md");
}
