//! `passgate explain`: why a call is allowed or refused, clause by clause, and the nearest call that would be allowed.

use crate::options::{SetOptions, context, pairs};
use crate::output::{Exit, Format, Output};
use passgate::analysis::explain::{
    ClauseAnswer, Depth, Explanation, Given, Nearest, Part, StatementAnswer, change, explain, sentence,
    to_json,
};
use passgate::grammar::text::quote;
use passgate::model::Effect;
use passgate::{Error, ErrorCode, Request};
use std::path::PathBuf;

/// Explain a decision clause by clause, and the nearest call that is allowed
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate explain examples/partners --principal user:100001 --action PayOrders --ip 203.0.113.9
  passgate explain examples/partners --principal user:100001 --action FrozenCredit --context mfa=true --brief
  passgate explain examples/partners --principal user:100004 --action CreateUser --all --format json

Exit codes: 0 allowed, 1 denied, 2 could not be decided.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// Who asks: user:NAME, role:NAME, group:NAME, policy:NAME, root, or a user's name
    #[arg(long, value_name = "P")]
    principal: String,
    /// The action: service:Name, or a bare name where one service has it
    #[arg(long, value_name = "A")]
    action: String,
    /// The caller's address
    #[arg(long, value_name = "X")]
    ip: Option<String>,
    /// A resource of the call (repeatable)
    #[arg(long, value_name = "R")]
    resource: Vec<String>,
    /// The time, as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "T")]
    at: Option<String>,
    /// Further keys, as a JSON object or as key=value (repeatable)
    #[arg(long, value_name = "JSON|K=V")]
    context: Vec<String>,
    /// Account numbers of the caller: uin, owner_uin, app_id
    #[arg(long, value_name = "uin=N,…")]
    account: Option<String>,
    /// A group that the caller brings (repeatable)
    #[arg(long, value_name = "G")]
    group: Vec<String>,
    /// A role that the caller brings (repeatable)
    #[arg(long, value_name = "R")]
    role: Vec<String>,
    /// A policy that the caller brings (repeatable)
    #[arg(long, value_name = "P")]
    with_policy: Vec<String>,
    /// Only the statements that decided, and the nearest call that would be allowed
    #[arg(long, conflicts_with = "all")]
    brief: bool,
    /// Also statements that do not cover the action, and those of others that do
    #[arg(long)]
    all: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    ran(args, output).unwrap_or_else(|error| output.error(&error))
}

fn ran(args: &Args, output: &mut Output) -> Result<Exit, Error> {
    let gate = args.options.load(&args.set, output)?;
    let depth = match (args.brief, args.all) {
        (true, _) => Depth::Brief,
        (_, true) => Depth::All,
        _ => Depth::Normal,
    };
    let found = explain(&gate, &request(args)?, depth)?;
    match args.format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => human(&found, output),
    }
    Ok(match &found.outcome {
        Ok(decision) if decision.allowed => Exit::Yes,
        Ok(_) => Exit::No,
        Err(_) => Exit::NoAnswer,
    })
}

fn request(args: &Args) -> Result<Request, Error> {
    let mut request = Request::new(args.principal.clone(), args.action.clone());
    request.ip = args.ip.clone().map(passgate::check::Ip::Text);
    request.resources = (!args.resource.is_empty()).then(|| args.resource.clone());
    request.at.clone_from(&args.at);
    request.groups.clone_from(&args.group);
    request.roles.clone_from(&args.role);
    request.policies.clone_from(&args.with_policy);
    request.context = context(&args.context)?;
    for (name, value) in
        args.account.iter().map(|a| pairs(a, "--account")).collect::<Result<Vec<_>, _>>()?.concat()
    {
        match name.as_str() {
            "uin" => request.account.uin = Some(value),
            "owner_uin" => request.account.owner_uin = Some(value),
            "app_id" => request.account.app_id = Some(value),
            _ => {
                let message = format!("`account` has no member `{name}`");
                return Err(Error::new(ErrorCode::BadRequest, message).with_key(name));
            }
        }
    }
    Ok(request)
}

fn human(found: &Explanation, output: &mut Output) {
    output.line(&sentence(found));
    if let Some(message) = found.outcome.as_ref().ok().and_then(|decision| decision.message()) {
        output.line(&format!("  told: {}", quote(message)));
    }
    for part in [Part::Attached, Part::Boundary, Part::Elsewhere] {
        let mut of_part = found.statements.iter().filter(|one| one.part == part).peekable();
        if of_part.peek().is_some() {
            output.line(heading(part));
        }
        of_part.for_each(|one| statement(one, output));
    }
    if let Some(near) = &found.nearest {
        nearest(near, output);
    }
}

fn heading(part: Part) -> &'static str {
    match part {
        Part::Attached => "policies of the caller",
        Part::Boundary => "permission boundary",
        Part::Elsewhere => "policies that the caller does not have",
    }
}

fn statement(one: &StatementAnswer, output: &mut Output) {
    let place = &one.place;
    let effect = match one.effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    let matches = match (one.decided, one.matches) {
        (true, _) => "decides",
        (false, Some(true)) => "matches",
        (false, Some(false)) => "does not match",
        (false, None) => "is open",
    };
    let through = if one.through.is_empty() {
        String::new()
    } else {
        format!(", through {}", one.through.join(" → "))
    };
    output.line(&format!(
        "  {}:{}:{}  {}  {effect}: {matches}{through}",
        place.file, place.line, place.column, place.id
    ));
    for clause in &one.clauses {
        output.line(&format!("    {:<15} {}", verdict(clause), told(clause)));
    }
}

fn verdict(clause: &ClauseAnswer) -> &'static str {
    match (clause.given, clause.holds) {
        (Given::Given, Some(true)) => "holds",
        (Given::Given, Some(false)) => "does not hold",
        (_, None) => "open",
        (Given::Absent | Given::Withheld, _) => "not handed over",
    }
}

fn told(clause: &ClauseAnswer) -> String {
    let anyway = match (clause.given, clause.holds) {
        (Given::Given, _) | (_, None) => "",
        (_, Some(true)) => ", and so it holds",
        (_, Some(false)) => ", and so it does not hold",
    };
    let of = clause.of.as_deref().filter(|_| clause.text.starts_with("on ") && clause.given == Given::Given);
    let of = of.map_or(String::new(), |resource| format!(" for {resource}"));
    match &clause.because {
        Some(why) => format!("{}{of} ({why}{anyway})", clause.text),
        None => format!("{}{of}", clause.text),
    }
}

fn nearest(near: &Nearest, output: &mut Output) {
    match near.proposals.as_slice() {
        [] if near.is_exact() => {
            output.line("no change of address, time, context or membership would allow it");
        }
        [] => output.line("no change was found that would allow it"),
        proposals => {
            output.line("it would be allowed");
            for proposal in proposals {
                let all: Vec<String> = proposal.changes.iter().map(change).collect();
                output.line(&format!("  {}", all.join(" and ")));
            }
        }
    }
    for doubt in &near.doubts {
        output.line(&format!("not exact: {doubt}"));
    }
}
