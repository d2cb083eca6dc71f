//! A policy set of so many lines as a team of people writes it: networks of sites, action sets, policies of desks with
//! patterns, categories and conditions, groups in groups, users. The same lines in every run.

use passgate::catalog::Catalogs;
use std::fmt::Write;

/// Lines of a part, which is written again and again under other names.
const DESK: usize = 33;

/// A set of about this many lines, none of which repeats another.
pub fn realistic_text(lines: usize) -> String {
    let catalogs = Catalogs::builtin();
    let service =
        catalogs.services().map(|(_, service)| service).find(|s| s.service.as_ref() == "intlpartnersmgt");
    let names: Vec<&str> = service.iter().flat_map(|s| &s.actions).map(|a| a.name.as_ref()).collect();
    let mut text = String::from(
        "use intlpartnersmgt\nset owner.uin = \"100000000001\"\nset opaque = \"cvm\", \"cos\"\n\n\
         network everywhere-trusted = 198.51.100.0/24, 2001:db8:40::/44\n\n",
    );
    for desk in 0..lines / DESK {
        self::desk(&mut text, desk, &names);
    }
    text
}

/// One of the names, others for other numbers.
fn pick<'n>(names: &[&'n str], number: usize) -> &'n str {
    names.get(number * 37 % names.len().max(1)).copied().unwrap_or("QueryArea")
}

fn desk(text: &mut String, desk: usize, names: &[&str]) {
    let name = |step: usize| pick(names, desk * 11 + step);
    let (a, b) = (desk / 200 % 200, desk % 200);
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "// Desk {desk}: its offices, what it works with, and who sits there.\n\
         network office-{desk} = 10.{a}.{b}.0/24, 172.16.{b}.{a}, 2001:db8:{desk:x}::/48\n\
         network vpn-{desk} = office-{desk}, everywhere-trusted except 198.51.100.{b}\n\
         actions money-{desk} = {}, {}, {}\n\
         actions reports-{desk} = Query*Bill*, Describe*{} except {}\n\
         resources machines-{desk} = \"qcs::cvm:ap-guangzhou:uid/125{desk:07}:instance/*\", \"qcs::cvm:::disk/{desk}-*\"\n\n\
         /// What the desk does every day.\n\
         policy desk-{desk} {{\n    \
             allow read, list except {} from vpn-{desk}\n    \
             allow reports-{desk} from office-{desk}\n    \
             @reason(\"Only from the office of desk {desk}.\")\n    \
             deny money-{desk} unless from office-{desk}\n    \
             allow money-{desk} from office-{desk} since 2026-01-01T00:00:00Z until 2027-0{}-01T00:00:00Z\n    \
             deny write except money-{desk}, {}\n\
         }}\n\n\
         policy machines-{desk} {{\n    \
             allow cvm:Describe*, cvm:Get{desk}*\n    \
             allow cvm:RebootInstances, cvm:StopInstances\n        \
                 on machines-{desk}\n        \
                 when any qcs:resource_tag is \"desk&{desk}\" and mfa is true\n    \
             allow cos:GetObject, cos:Put* when cos:prefix like \"desk-{desk}/*\", \"shared/*\"\n    \
             deny cos:* when cos:x-cos-acl is \"public-read\" ignoring case\n    \
             deny cvm:Terminate* unless from office-{desk}\n\
         }}\n\n\
         group desk-{desk} {{ in region-{} attach desk-{desk} }}\n\
         group lead-{desk} {{ in desk-{desk} attach machines-{desk} }}\n\
         user {desk}01 {{ in lead-{desk} }}\n\
         user {desk}02 {{ in desk-{desk} }}\n\
         user {desk}03 {{ in desk-{desk} attach machines-{desk} }}\n",
        name(0),
        name(1),
        name(2),
        desk % 10,
        name(3),
        name(4),
        1 + desk % 9,
        name(5),
        desk / 20,
    );
    if desk.is_multiple_of(20) {
        let _ = writeln!(text, "group region-{} {{ }}", desk / 20);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate::Gate;

    #[test]
    fn the_set_is_as_long_as_asked_and_loads() {
        for lines in [720, 10_000] {
            let text = realistic_text(lines);
            let count = text.lines().count();
            assert!(count.abs_diff(lines) < lines / 20, "{count} of {lines}");
            let gate = Gate::compile(text).map_err(|e| format!("{:?}", e.diagnostics().first()));
            assert_eq!(gate.err(), None);
        }
    }
}
