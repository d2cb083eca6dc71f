//! `passgate check`: one request from options, or many from a file, a line each.

use crate::options::{SetOptions, pairs};
use crate::output::{Exit, Format, Output};
use crate::request_lines::{Line, open, read_line};
use passgate::check::{LineChecker, context_from_json};
use passgate::grammar::limits::REQUEST_BYTES;
use passgate::grammar::text::quote;
use passgate::{Decision, Error, ErrorCode, Gate, Reason, Request};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Decide whether a caller may perform an action, and say why
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate check examples/partners --principal user:100001 --action PayOrders --ip 203.0.113.9
  passgate check examples/partners --requests requests.jsonl
  echo '{\"principal\":\"root\",\"action\":\"ForceQN\"}' | passgate check examples/partners --requests -

Exit codes: 0 allowed (with --requests: every line was decided), 1 denied, 2 could not be decided.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// Who asks: user:NAME, role:NAME, group:NAME, policy:NAME, root, or a user's name
    #[arg(long, value_name = "P", required_unless_present = "requests", conflicts_with = "requests")]
    principal: Option<String>,
    /// The action: service:Name, or a bare name where one service has it
    #[arg(long, value_name = "A", required_unless_present = "requests", conflicts_with = "requests")]
    action: Option<String>,
    /// The caller's address
    #[arg(long, value_name = "X", conflicts_with = "requests")]
    ip: Option<String>,
    /// A resource of the call (repeatable)
    #[arg(long, value_name = "R", conflicts_with = "requests")]
    resource: Vec<String>,
    /// The time, as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "T", conflicts_with = "requests")]
    at: Option<String>,
    /// Further keys, as a JSON object
    #[arg(long, value_name = "JSON", conflicts_with = "requests")]
    context: Option<String>,
    /// Account numbers of the caller: uin, owner_uin, app_id
    #[arg(long, value_name = "uin=N,…", conflicts_with = "requests")]
    account: Option<String>,
    /// A group that the caller brings (repeatable)
    #[arg(long, value_name = "G", conflicts_with = "requests")]
    group: Vec<String>,
    /// A role that the caller brings (repeatable)
    #[arg(long, value_name = "R", conflicts_with = "requests")]
    role: Vec<String>,
    /// A policy that the caller brings (repeatable)
    #[arg(long, value_name = "P", conflicts_with = "requests")]
    with_policy: Vec<String>,
    /// Decide a request per line of JSON; `-` is stdin
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,
    /// How the answer to one request is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let gate = match args.options.load(&args.set, output) {
        Ok(gate) => gate,
        Err(error) => return failed(args, &error, output),
    };
    match &args.requests {
        Some(file) => many(&gate, file, output),
        None => one(&gate, args, output),
    }
}

fn failed(args: &Args, error: &Error, output: &mut Output) -> Exit {
    if args.requests.is_none() && args.format == Format::Json {
        let mut text = String::new();
        error.write_json(&mut text);
        output.line(&text);
    }
    output.error(error)
}

fn one(gate: &Gate, args: &Args, output: &mut Output) -> Exit {
    let decided = request(args).and_then(|request| gate.check(&request));
    match decided {
        Ok(decision) => {
            show(&decision, args.format, output);
            if decision.allowed { Exit::Yes } else { Exit::No }
        }
        Err(error) => failed(args, &error, output),
    }
}

fn request(args: &Args) -> Result<Request, Error> {
    let mut request =
        Request::new(args.principal.clone().unwrap_or_default(), args.action.clone().unwrap_or_default());
    request.ip = args.ip.clone().map(passgate::check::Ip::Text);
    request.resources = (!args.resource.is_empty()).then(|| args.resource.clone());
    request.at.clone_from(&args.at);
    request.groups.clone_from(&args.group);
    request.roles.clone_from(&args.role);
    request.policies.clone_from(&args.with_policy);
    if let Some(context) = &args.context {
        request.context = context_from_json(context)?;
    }
    for (name, value) in
        args.account.iter().map(|a| pairs(a, "--account")).collect::<Result<Vec<_>, _>>()?.concat()
    {
        let slot = match name.as_str() {
            "uin" => &mut request.account.uin,
            "owner_uin" => &mut request.account.owner_uin,
            "app_id" => &mut request.account.app_id,
            _ => {
                return Err(Error::new(ErrorCode::BadRequest, format!("`account` has no member `{name}`"))
                    .with_key(name));
            }
        };
        if slot.replace(value).is_some() {
            return Err(
                Error::new(ErrorCode::BadRequest, format!("`account` gives `{name}` twice")).with_key(name)
            );
        }
    }
    Ok(request)
}

fn show(decision: &Decision, format: Format, output: &mut Output) {
    if format == Format::Json {
        let mut text = String::new();
        decision.write_json(&mut text);
        return output.line(&text);
    }
    let word = if decision.allowed { "allowed" } else { "denied" };
    output.line(&format!("{word}: {}", sentence(decision.reason)));
    for place in &decision.statements {
        output.line(&format!("  {}:{}:{}  {}", place.file, place.line, place.column, place.id));
    }
    if let Some(message) = decision.message() {
        output.line(&format!("  told: {}", quote(message)));
    }
}

fn sentence(reason: Reason) -> String {
    let why = match reason {
        Reason::Allow => "a statement allows it",
        Reason::Root => "the account root is asking",
        Reason::ExplicitDeny => "a statement denies it",
        Reason::ImplicitDeny => "no statement allows it",
        Reason::Boundary => "the permission boundary does not allow it",
        Reason::UnknownPrincipal => "the policy set does not know the principal",
    };
    format!("{} ({why})", reason.as_str())
}

fn many(gate: &Gate, file: &Path, output: &mut Output) -> Exit {
    if file == Path::new("-") {
        return lines(gate, std::io::stdin(), output);
    }
    match open(file, "--requests") {
        Ok(opened) => lines(gate, opened, output),
        Err(error) => output.error(&error),
    }
}

/// Decides line by line; an answer follows its request at once where the reader has no more to give.
fn lines<R: Read>(gate: &Gate, input: R, output: &mut Output) -> Exit {
    let mut reader = BufReader::with_capacity(1 << 18, input);
    let mut checker = LineChecker::new(gate);
    let (mut bytes, mut answer) = (Vec::new(), String::new());
    let mut all_decided = true;
    loop {
        bytes.clear();
        match read_line(&mut reader, &mut bytes) {
            Ok(Line::End) => break,
            Ok(Line::Whole) => all_decided &= answer_line(&mut checker, &bytes, &mut answer),
            Ok(Line::TooLong) => {
                all_decided = false;
                let message = format!("a request line has more than {REQUEST_BYTES} bytes");
                Error::new(ErrorCode::BadRequest, message).with_key("request").write_json(&mut answer);
            }
            Err(cause) => {
                return output
                    .error(&Error::new(ErrorCode::BadFile, format!("the requests cannot be read: {cause}")));
            }
        }
        answer.push('\n');
        output.data(&answer);
        answer.clear();
        if output.closed() {
            break;
        }
        if reader.buffer().is_empty() {
            output.flush();
        }
    }
    if all_decided { Exit::Yes } else { Exit::NoAnswer }
}

fn answer_line(checker: &mut LineChecker<'_>, bytes: &[u8], answer: &mut String) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(text) => checker.answer(text, answer).is_ok(),
        Err(_) => {
            let error =
                Error::new(ErrorCode::BadRequest, "the request is not UTF-8 text").with_key("request");
            error.write_json(answer);
            false
        }
    }
}
