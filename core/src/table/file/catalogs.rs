//! The catalogs that a table ranges over, whole: what is known of each action, and the texts that say it.

use super::input::{Fault, Input};
use super::output::Part;
use crate::catalog::{Action, Catalogs, Granularity, IpSupport, Service, is_action_name, is_service_name};

const GRAINS: [Granularity; 3] = [Granularity::Service, Granularity::Operation, Granularity::Resource];
const SUPPORT: [IpSupport; 3] = [IpSupport::Supported, IpSupport::Partial, IpSupport::Unsupported];

fn grain(granularity: Granularity) -> u32 {
    match granularity {
        Granularity::Service => 0,
        Granularity::Operation => 1,
        Granularity::Resource => 2,
    }
}

fn support(support: IpSupport) -> u32 {
    match support {
        IpSupport::Supported => 0,
        IpSupport::Partial => 1,
        IpSupport::Unsupported => 2,
    }
}

pub(super) fn write(catalogs: &Catalogs, mut out: Part<'_>) {
    let services: Vec<_> = catalogs.services().map(|(_, service)| service).collect();
    out.list(&services, |out, service| write_service(service, out));
}

fn write_service(service: &Service, out: &mut Part<'_>) {
    out.text(&service.service);
    out.text(&service.version);
    out.text_or_none(service.name.as_deref());
    out.word(grain(service.granularity));
    out.option(service.console.map(u32::from));
    out.bool(service.tag_authorization);
    out.option(service.ip_restriction.map(support));
    out.list(&service.actions, |out, action| {
        out.text(&action.name);
        out.text(&action.category);
        out.word(grain(action.granularity));
        out.bool(action.ip_restriction);
        out.bool(action.tag_authorization);
        out.text_or_none(action.description.as_deref());
        out.list(&action.resources, |out, resource| out.text(resource));
    });
    let permids: Vec<_> = service.permids.iter().collect();
    out.list(&permids, |out, (number, names)| {
        out.text(number);
        out.list(names, |out, name| out.text(name));
    });
}

pub(super) fn read(mut input: Input<'_>) -> Result<Catalogs, Fault> {
    let services = input.list(read_service)?;
    input.end()?;
    if !services.windows(2).all(|pair| matches!(pair, [a, b] if a.service < b.service)) {
        return Err(input.fault("services out of order"));
    }
    let mut catalogs = Catalogs::empty();
    for service in services {
        catalogs.add(service);
    }
    Ok(catalogs)
}

fn read_service(input: &mut Input<'_>) -> Result<Service, Fault> {
    let (service, version, name) = (input.text()?, input.text()?, input.text_or_none()?);
    if !is_service_name(service) {
        return Err(input.fault("a service of no such name"));
    }
    let granularity = read_grain(input)?;
    let console = input.option(2, "neither yes nor no")?.map(|word| word == 1);
    let tag_authorization = input.bool()?;
    let support = input.option(SUPPORT.len(), "no known address support")?;
    let actions = input.list(read_action)?;
    if !actions.windows(2).all(|pair| matches!(pair, [a, b] if a.name < b.name)) {
        return Err(input.fault("actions out of order"));
    }
    let permids = input.list(|input| {
        let names = |input: &mut Input<'_>| Ok(input.text()?.into());
        Ok((input.text()?.into(), input.list(names)?))
    })?;
    Ok(Service {
        service: service.into(),
        name: name.map(Into::into),
        version: version.into(),
        granularity,
        console,
        tag_authorization,
        ip_restriction: support.and_then(|at| SUPPORT.get(at as usize).copied()),
        actions,
        permids: permids.into_iter().collect(),
    })
}

fn read_action(input: &mut Input<'_>) -> Result<Action, Fault> {
    let (name, category) = (input.text()?, input.text()?);
    if !is_action_name(name) {
        return Err(input.fault("an action of no such name"));
    }
    Ok(Action {
        name: name.into(),
        category: category.into(),
        granularity: read_grain(input)?,
        ip_restriction: input.bool()?,
        tag_authorization: input.bool()?,
        description: input.text_or_none()?.map(Into::into),
        resources: input.list(|input| Ok(input.text()?.into()))?,
    })
}

fn read_grain(input: &mut Input<'_>) -> Result<Granularity, Fault> {
    let at = input.below(GRAINS.len(), "no known grain")?;
    GRAINS.get(at as usize).copied().ok_or_else(|| input.fault("no known grain"))
}
