//! A workload as a Cedar schema and policies, and two of them compared action by action by the symbolic compiler.

use cedar_policy::{PolicySet, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicySet};
use passgate_benches::{Statement, Workload};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What comparing took.
pub struct Compared {
    /// Both sets, for each action.
    pub compile: Duration,
    /// Asking the solver whether they are equivalent, for each action.
    pub solve: Duration,
    /// Actions.
    pub pairs: usize,
    /// Actions for which the sets are not equivalent.
    pub differ: usize,
    /// Asking again for the first of these, with an example.
    pub example: Option<Duration>,
}

/// Compares two workloads of one catalog.
pub fn compare(old: &Workload, new: &Workload) -> super::Result<Compared> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(by_action(&schema(old)?, &policies(old)?, &policies(new)?))
}

async fn by_action(schema: &Schema, old: &PolicySet, new: &PolicySet) -> super::Result<Compared> {
    let mut compiler = CedarSymCompiler::new(LocalSolver::cvc5()?)?;
    let (mut compile, mut solve) = (Duration::ZERO, Duration::ZERO);
    let (mut pairs, mut differing) = (0, Vec::new());
    for environment in schema.request_envs() {
        let start = Instant::now();
        let one = CompiledPolicySet::compile(old, &environment, schema)?;
        let other = CompiledPolicySet::compile(new, &environment, schema)?;
        let compiled = Instant::now();
        let same = compiler.check_equivalent_opt(&one, &other).await?;
        solve += compiled.elapsed();
        compile += compiled - start;
        pairs += 1;
        if !same {
            differing.push((one, other));
        }
    }
    let mut example = None;
    if let Some((one, other)) = differing.first() {
        let start = Instant::now();
        let found = compiler.check_equivalent_with_counterexample_opt(one, other).await?;
        example = Some(start.elapsed());
        found.ok_or("the solver has no example of what it says differs")?;
    }
    Ok(Compared { compile, solve, pairs, differ: differing.len(), example })
}

fn schema(workload: &Workload) -> super::Result<Schema> {
    let mut text = "entity Policy; entity Place; entity User in [Policy];\n".to_owned();
    for action in &workload.catalog {
        writeln!(
            text,
            "action {action:?} appliesTo {{ principal: User, resource: Place, context: {{ ip: ipaddr }} }};"
        )?;
    }
    Ok(Schema::from_cedarschema_str(&text)?.0)
}

fn policies(workload: &Workload) -> super::Result<PolicySet> {
    let mut text = String::new();
    for policy in &workload.policies {
        for statement in &policy.statements {
            write_statement(&mut text, &policy.id, statement, &workload.catalog)?;
        }
    }
    Ok(text.parse()?)
}

fn write_statement(text: &mut String, policy: &str, one: &Statement, catalog: &[String]) -> std::fmt::Result {
    let effect = if one.effect == "allow" { "permit" } else { "forbid" };
    let named = catalog.iter().filter(|name| one.actions.iter().any(|pattern| fits(pattern, name)));
    let named: Vec<String> = named.map(|name| format!("Action::{name:?}")).collect();
    write!(text, "{effect}(principal in Policy::{policy:?}, action in [{}], resource)", named.join(", "))?;
    if let Some(ip) = &one.ip {
        let word = if ip.op == "not_in" { "unless" } else { "when" };
        let inside = ip.cidrs.iter().map(|cidr| format!("context.ip.isInRange(ip({cidr:?}))"));
        write!(text, " {word} {{ {} }}", inside.collect::<Vec<_>>().join(" || "))?;
    }
    text.push_str(";\n");
    Ok(())
}

/// Whether a pattern with `*` fits a name, as the workloads' generator means it.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}
