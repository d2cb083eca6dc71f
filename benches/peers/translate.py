#!/usr/bin/env python3
"""Translate one neutral workload into the peers' own inputs (files beside it).

NAME.cedar           one Cedar policy set, one policy per statement
NAME.cedar.ents.json entities: users with their policy groups, actions with their pattern groups
NAME.cedar.sliced.json  {user: cedar text} (only when there are at most 1,000 users)
NAME.rego.json       OPA data document (policies.rego is shared)
NAME.regohex.json    the same with ranges of fixed-width hex (policies_hex.rego) for engines without net.*
NAME.casbin.json     {"model":…, "p":[[sub,pat,cond,eft]…], "g":[[user,pol]…], "cond":{id:{op,cidrs}}}
NAME.zen.json        {user: JDM decision table} (at most 1,000 users)
Translation is our work, not the peers', so its time is not counted. The set of passgate is written by the
binary `set` of the crate `passgate-benches`.
"""
import ipaddress, json, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "workloads"))
from generate import matching

REGO = '''package authz

import rego.v1

default allow := false

allow if {
	permit
	not forbid
}

permit if {
	some pol in data.principals[input.u]
	some s in data.policies[pol].allow
	some p in s.a
	data.match[p][input.a]
	ipok(s)
}

forbid if {
	some pol in data.principals[input.u]
	some s in data.policies[pol].deny
	some p in s.a
	data.match[p][input.a]
	ipok(s)
}

ipok(s) if s.op == "any"

ipok(s) if {
	s.op == "in"
	inany(s.c)
}

ipok(s) if {
	s.op == "not_in"
	not inany(s.c)
}

inany(cs) if {
	some c in cs
	net.cidr_contains(c, input.ip)
}
'''

# for Rego engines without net.cidr_contains: addresses as fixed-width hex, ranges by string order
REGO_HEX = REGO.replace("some c in cs\n\tnet.cidr_contains(c, input.ip)", "some c in cs\n\tc[0] <= input.ip\n\tinput.ip <= c[1]")

CASBIN_MODEL = '''[request_definition]
r = sub, act, ip

[policy_definition]
p = sub, act, cond, eft

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = g(r.sub, p.sub) && actMatch(r.act, p.act) && ipCond(r.ip, p.cond)
'''


def q(s):
    return '"%s"' % s


def cedar_stmt(pid, st):
    acts = ", ".join('Action::%s' % q(a) for a in st["actions"])
    out = '%s(principal in Policy::%s, action in [%s], resource)' % (
        "permit" if st["effect"] == "allow" else "forbid", q(pid), acts)
    if "ip" in st:
        cond = " || ".join('context.ip.isInRange(ip(%s))' % q(c) for c in st["ip"]["cidrs"])
        out += " %s { %s }" % ("when" if st["ip"]["op"] == "in" else "unless", cond)
    return out + ";\n"


def rng(lo, hi):
    return "[%d..%d]" % (lo, hi) if lo != hi else "[%d..%d]" % (lo, lo)


def zen_ip(cidrs):
    """v4 as one number; v6 as three numbers of 48, 48 and 32 bits (exact in a double)."""
    out = []
    for c in cidrs:
        n = ipaddress.ip_network(c)
        lo, hi = int(n.network_address), int(n.broadcast_address)
        if n.version == 4:
            out.append("ip4 in %s" % rng(lo, hi))
        else:
            parts = [((lo >> s) & m, (hi >> s) & m) for s, m in ((80, 2**48 - 1), (32, 2**48 - 1), (0, 2**32 - 1))]
            names, full = ("ip6a", "ip6b", "ip6c"), (2**48 - 1, 2**48 - 1, 2**32 - 1)
            terms = ["%s in %s" % (nm, rng(a, b)) for nm, (a, b), f in zip(names, parts, full) if (a, b) != (0, f)]
            out.append("(" + " and ".join(terms) + ")")
    return "(" + " or ".join(out) + ")"


def zen_table(sts):
    """First-hit decision table: deny rows first."""
    rules = []
    for i, st in enumerate(sorted(sts, key=lambda s: s["effect"] != "deny")):
        tests = []
        for p in st["actions"]:
            if "*" not in p:
                tests.append('act == "%s"' % p)
            else:
                parts = p.split("*")
                t = []
                if parts[0]:
                    t.append('startsWith(act, "%s")' % parts[0])
                if parts[-1]:
                    t.append('endsWith(act, "%s")' % parts[-1])
                t += ['contains(act, "%s")' % m for m in parts[1:-1] if m]
                tests.append("(" + " and ".join(t or ["true"]) + ")")
        e = "(" + " or ".join(tests) + ")"
        if "ip" in st:
            c = zen_ip(st["ip"]["cidrs"])
            e += " and " + (c if st["ip"]["op"] == "in" else "not " + c)
        rules.append({"_id": "r%d" % i, "c": e, "o": '"%s"' % st["effect"]})
    rules.append({"_id": "rd", "c": "", "o": '"deny"'})
    return {"nodes": [
        {"id": "in", "type": "inputNode", "name": "Request"},
        {"id": "t", "type": "decisionTableNode", "name": "t", "content": {
            "hitPolicy": "first", "inputs": [{"id": "c", "name": "c", "type": "expression"}],
            "outputs": [{"id": "o", "name": "o", "field": "effect", "type": "expression"}], "rules": rules}},
        {"id": "out", "type": "outputNode", "name": "Response"}],
        "edges": [{"id": "e1", "sourceId": "in", "targetId": "t", "type": "edge"},
                  {"id": "e2", "sourceId": "t", "targetId": "out", "type": "edge"}]}


def main(path):
    with open(path) as f:
        w = json.load(f)
    base = path[:-5]
    cat = w["catalog"]
    pats = sorted({a for pol in w["policies"] for s in pol["statements"] for a in s["actions"]})
    match = {p: matching(p, cat) for p in pats}

    def dump(suffix, obj):
        with open(base + suffix, "w") as f:
            f.write(obj) if isinstance(obj, str) else json.dump(obj, f, separators=(",", ":"))

    # Cedar
    text = {pol["id"]: "".join(cedar_stmt(pol["id"], s) for s in pol["statements"]) for pol in w["policies"]}
    dump(".cedar", "".join(text.values()))
    groups = {a: [] for a in cat}
    for p, acts in match.items():
        if "*" in p:
            for a in acts:
                groups[a].append(p)
    ents = [{"uid": {"type": "User", "id": u}, "attrs": {}, "parents": [{"type": "Policy", "id": p} for p in ps]}
            for u, ps in w["principals"].items()]
    ents += [{"uid": {"type": "Policy", "id": pol["id"]}, "attrs": {}, "parents": []} for pol in w["policies"]]
    ents += [{"uid": {"type": "Action", "id": a}, "attrs": {}, "parents": [{"type": "Action", "id": g} for g in gs]}
             for a, gs in groups.items()]
    ents += [{"uid": {"type": "Action", "id": p}, "attrs": {}, "parents": []} for p in pats if p not in groups]
    dump(".cedar.ents.json", ents)
    if len(w["principals"]) <= 1000:
        dump(".cedar.sliced.json", {u: "".join(text[p] for p in ps) for u, ps in w["principals"].items()})

    # Rego data
    pol = {}
    for p in w["policies"]:
        pol[p["id"]] = {e: [{"a": s["actions"], "op": s["ip"]["op"] if "ip" in s else "any",
                             "c": s["ip"]["cidrs"] if "ip" in s else []}
                            for s in p["statements"] if s["effect"] == e] for e in ("allow", "deny")}
    dump(".rego.json", {"principals": w["principals"], "policies": pol,
                        "match": {p: {a: True for a in acts} for p, acts in match.items()}})
    with open(os.path.join(os.path.dirname(path), "policies.rego"), "w") as f:
        f.write(REGO)

    hexr = lambda c: ["%d%032x" % (n.version, int(x)) for n in [ipaddress.ip_network(c)]
                      for x in (n.network_address, n.broadcast_address)]
    for p in pol.values():
        for st in p["allow"] + p["deny"]:
            st["c"] = [hexr(c) for c in st["c"]]
    dump(".regohex.json", {"principals": w["principals"], "policies": pol,
                           "match": {p: {a: True for a in acts} for p, acts in match.items()}})
    with open(os.path.join(os.path.dirname(path), "policies_hex.rego"), "w") as f:
        f.write(REGO_HEX)

    # casbin
    rows, cond = [], {"any": None}
    for p in w["policies"]:
        for i, s in enumerate(p["statements"]):
            c = "any"
            if "ip" in s:
                c = "%s.%d" % (p["id"], i)
                cond[c] = s["ip"]
            rows += [[p["id"], a, c, s["effect"]] for a in s["actions"]]
    dump(".casbin.json", {"model": CASBIN_MODEL, "p": rows, "cond": cond, "match": match,
                          "g": [[u, p] for u, ps in w["principals"].items() for p in ps]})

    # zen
    if len(w["principals"]) <= 1000:
        byid = {p["id"]: p["statements"] for p in w["policies"]}
        dump(".zen.json", {u: zen_table([s for p in ps for s in byid[p]]) for u, ps in w["principals"].items()})


if __name__ == "__main__":
    for a in sys.argv[1:]:
        main(a)
