#!/usr/bin/env python3
"""One Python peer on one workload, in a fresh process; prints one JSON line.
usage: python_peers.py PEER WORKLOAD.json    (PEER: see the functions below; "list" prints them)
Every peer function takes the workload's base path and returns (load, check): load() does
what an application does once, check(user, action, ip) -> truthy on allow.
"""
import gc, json, os, statistics, sys, time

CAP_MEASURE = float(os.environ.get("CAP_MEASURE", "4"))
CAP_VERIFY = float(os.environ.get("CAP_VERIFY", "5"))
PEERS = {}


def peer(f):
    PEERS[f.__name__] = f
    return f


def rss():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096 / 1048576


def read(p):
    with open(p) as f:
        return f.read()


# --- baselines written by hand ------------------------------------------------------------
@peer
def py_plain(b):
    """What one writes in an hour: compiled regexes, parsed networks, loops."""
    import ipaddress, re, fnmatch
    w = json.loads(read(b + ".json"))
    st = {}

    def load():
        pol = {p["id"]: [(s["effect"] == "deny", [re.compile(fnmatch.translate(a)).match for a in s["actions"]],
                          s["ip"]["op"] == "in" if "ip" in s else None,
                          [ipaddress.ip_network(c) for c in s["ip"]["cidrs"]] if "ip" in s else ())
                         for s in p["statements"]] for p in w["policies"]}
        st.update({u: [s for p in ps for s in pol[p]] for u, ps in w["principals"].items()})

    def check(u, act, ip):
        a = ipaddress.ip_address(ip)
        ok = False
        for deny, pats, op, nets in st.get(u, ()):
            if any(m(act) for m in pats):
                if op is None or any(a in n for n in nets) == op:
                    if deny:
                        return False
                    ok = True
        return ok
    return load, check


@peer
def py_tuned(b):
    """The best a careful person writes in pure Python + C helpers: per policy a dict
    action -> conditions, CIDR lists in pytricia tries, one shared trie per list."""
    import pytricia
    w = json.loads(read(b + ".json"))
    match = json.loads(read(b + ".casbin.json"))["match"]
    pol = {}
    princ = w["principals"]

    def load():
        for p in w["policies"]:
            d = {}
            for s in p["statements"]:
                c = None
                if "ip" in s:
                    t4, t6 = pytricia.PyTricia(32), pytricia.PyTricia(128)
                    for x in s["ip"]["cidrs"]:
                        (t6 if ":" in x else t4)[x] = True
                    c = (s["ip"]["op"] == "in", t4, t6)
                deny = s["effect"] == "deny"
                for a in {a for pt in s["actions"] for a in match[pt]}:
                    d.setdefault(a, ([], []))[deny].append(c)
            # a statement without condition decides alone
            pol[p["id"]] = {a: (None in al, [x for x in al if x], None in de, [x for x in de if x])
                            for a, (al, de) in d.items()}

    def check(u, act, ip):
        ok = False
        rows = [r for r in [pol[p].get(act) for p in princ.get(u, ())] if r]
        for ual, al, ude, de in rows:
            if ude:
                return False
            for op, t4, t6 in de:
                if (ip in (t6 if ":" in ip else t4)) == op:
                    return False
        for ual, al, ude, de in rows:
            if ual:
                return True
            for op, t4, t6 in al:
                if (ip in (t6 if ":" in ip else t4)) == op:
                    return True
        return False
    return load, check


# --- Cedar ---------------------------------------------------------------------------------
def _cedar(b, sliced):
    import cedarpy
    text = read(b + (".cedar.sliced.json" if sliced else ".cedar"))
    ents = read(b + ".cedar.ents.json")
    S = {}

    def load():
        S["e"] = cedarpy.Entities.from_json_str(ents)
        if sliced:
            S["p"] = {u: cedarpy.PolicySet.from_str(t) for u, t in json.loads(text).items()}
        else:
            S["p"] = cedarpy.PolicySet.from_str(text)

    allow = cedarpy.Decision.Allow

    def check(u, act, ip):
        r = {"principal": {"type": "User", "id": u}, "action": {"type": "Action", "id": act},
             "resource": {"type": "R", "id": "r"}, "context": {"ip": {"__extn": {"fn": "ip", "arg": ip}}}}
        return cedarpy.is_authorized(r, S["p"][u] if sliced else S["p"], S["e"]).decision == allow

    def batch(reqs):
        if sliced and len(S["p"]) > 1:
            return None
        rs = [{"principal": {"type": "User", "id": u}, "action": {"type": "Action", "id": act},
               "resource": {"type": "R", "id": "r"}, "context": {"ip": {"__extn": {"fn": "ip", "arg": ip}}}}
              for u, act, ip in reqs]
        ps = next(iter(S["p"].values())) if sliced else S["p"]
        return [x.decision == allow for x in cedarpy.is_authorized_batch(rs, ps, S["e"])]
    return load, check, batch


@peer
def cedarpy_all(b):
    return _cedar(b, False)


@peer
def cedarpy_sliced(b):
    return _cedar(b, True)


# --- Rego ----------------------------------------------------------------------------------
@peer
def regorus_opa_eval(b):
    import opa_eval
    import ipaddress
    data = read(b + ".regohex.json")          # its regorus is built without net.*
    S = {}

    def load():
        S["e"] = opa_eval.OpaEval(os.path.join(os.path.dirname(b), "policies_hex.rego"), data_json=data,
                                  query="data.authz.allow").evaluate_parsed
    dumps = json.dumps

    def check(u, act, ip):
        a = ipaddress.ip_address(ip)
        return S["e"](dumps({"u": u, "a": act, "ip": "%d%032x" % (a.version, int(a))}))
    return load, check


@peer
def regopy(b):
    from regopy import Interpreter, Input
    import ipaddress
    data = read(b + ".regohex.json")          # rego-cpp has no net.cidr_contains
    rego = read(os.path.join(os.path.dirname(b), "policies_hex.rego"))
    S = {}

    def load():
        i = Interpreter()
        i.add_module("authz", rego)
        i.add_data_json(data)
        S["i"], S["b"] = i, i.build("data.authz.allow", ())

    def check(u, act, ip):
        a = ipaddress.ip_address(ip)
        S["i"].set_input(Input({"u": u, "a": act, "ip": "%d%032x" % (a.version, int(a))}))
        e = S["i"].query_bundle(S["b"]).results[0].expressions
        return bool(e and e[0])
    return load, check


@peer
def opa_golib(b):
    """The real Go OPA, in process (ctypes)."""
    from opa_bindings import OpaEngine
    data = json.loads(read(b + ".rego.json"))
    rego = read(os.path.join(os.path.dirname(b), "policies.rego"))
    S = {}

    def load():
        e = OpaEngine()
        e.add_policy("authz.rego", rego)
        e.add_data(data)
        S["e"] = e

    def check(u, act, ip):
        return S["e"].eval_document("authz.allow", {"u": u, "a": act, "ip": ip})
    return load, check


# --- casbin, vakt, zen ---------------------------------------------------------------------
def _casbin(b, fast):
    import casbin, ipaddress, logging
    logging.disable(logging.CRITICAL)
    w = json.loads(read(b + ".casbin.json"))
    users = {}
    for u, p in w["g"]:
        users.setdefault(p, []).append(u)
    S = {}

    def load():
        if fast:
            from casbin.fast_enforcer import FastModel
        m = FastModel([0]) if fast else casbin.Model()
        model = w["model"].replace("g(r.sub, p.sub)", "r.sub == p.sub") if fast else w["model"]
        if fast:
            model = model.replace("[role_definition]\ng = _, _\n", "")
        m.load_model_from_text(model)
        e = casbin.FastEnforcer(m, enable_log=False, cache_key_order=[0]) if fast else casbin.Enforcer(m)
        match = {p: set(a) for p, a in w["match"].items()}
        nets = {k: (c["op"] == "in", [ipaddress.ip_network(x) for x in c["cidrs"]]) if c else None
                for k, c in w["cond"].items()}

        def ip_cond(ip, cond):
            n = nets[cond]
            if n is None:
                return True
            a = ipaddress.ip_address(ip)
            return any(a in x for x in n[1]) == n[0]
        e.add_function("actMatch", lambda a, p: a in match[p])
        e.add_function("ipCond", ip_cond)
        e.enable_auto_build_role_links(False)
        if fast:                                   # its policy store wants to be cleared once before it is filled
            m.clear_policy()
            for r in w["p"]:
                for u in users.get(r[0], ()):
                    m["p"]["p"].policy.append([u] + r[1:])
        else:
            e.add_policies(w["p"])
            e.add_grouping_policies(w["g"])
            e.build_role_links()
        S["e"] = e

    def check(u, act, ip):
        return S["e"].enforce(u, act, ip)
    return load, check


@peer
def pycasbin(b):
    return _casbin(b, False)


@peer
def pycasbin_fast(b):
    return _casbin(b, True)


@peer
def vakt(b):
    from vakt import MemoryStorage, Guard, Policy, RulesChecker, Inquiry, ALLOW_ACCESS, DENY_ACCESS
    from vakt.rules import Eq, In, Any, CIDR, Or, Not, StartsWith, RegexMatch
    import fnmatch, logging
    logging.disable(logging.CRITICAL)
    w = json.loads(read(b + ".json"))
    users = {}
    for u, ps in w["principals"].items():
        for p in ps:
            users.setdefault(p, []).append(u)
    S = {}

    def act(p):
        if "*" not in p:
            return Eq(p)
        if p.index("*") == len(p) - 1:
            return StartsWith(p[:-1])
        return RegexMatch(fnmatch.translate(p))

    def load():
        st = MemoryStorage()
        for p in w["policies"]:
            us = users.get(p["id"], [])
            for i, s in enumerate(p["statements"]):
                ctx = {}
                if "ip" in s:
                    r = Or(*[CIDR(c) for c in s["ip"]["cidrs"]])
                    ctx = {"ip": r if s["ip"]["op"] == "in" else Not(r)}
                st.add(Policy("%s.%d" % (p["id"], i), subjects=[Eq(us[0]) if len(us) == 1 else In(*us)],
                              actions=[act(a) for a in s["actions"]], resources=[Any()], context=ctx,
                              effect=DENY_ACCESS if s["effect"] == "deny" else ALLOW_ACCESS))
        S["g"] = Guard(st, RulesChecker())

    def check(u, a, ip):
        return S["g"].is_allowed(Inquiry(subject=u, action=a, resource="r", context={"ip": ip}))
    return load, check


def zen_ctx(act, ip):
    import ipaddress
    a = ipaddress.ip_address(ip)
    n = int(a)
    if a.version == 4:
        return {"act": act, "ip4": n, "ip6a": -1, "ip6b": -1, "ip6c": -1}
    return {"act": act, "ip4": -1, "ip6a": n >> 80, "ip6b": (n >> 32) & (2**48 - 1), "ip6c": n & (2**32 - 1)}


@peer
def zen_sliced(b):
    """GoRules, one pre-compiled decision table per user (deny rows first, hit policy first)."""
    import zen
    w = {u: json.dumps(t) for u, t in json.loads(read(b + ".zen.json")).items()}
    S = {}

    def load():
        e = zen.ZenEngine()
        S["d"] = {u: e.create_decision(t) for u, t in w.items()}
        S["e"] = e

    def check(u, act, ip):
        return S["d"][u].evaluate(zen_ctx(act, ip))["result"]["effect"] == "allow"
    return load, check


# --- passgate ------------------------------------------------------------------------------
def _passgate(path, ask):
    import passgate

    def load():
        return ask(passgate.load(path))
    return load, None


@peer
def passgate(b):
    """Three texts; loaded from text."""
    return _passgate(b + ".set", lambda gate: gate.allows)


@peer
def passgate_fresh(b):
    return passgate(b)


@peer
def passgate_compiled(b):
    """Loaded from the compiled file."""
    return _passgate(b + ".gatec", lambda gate: gate.allows)


@peer
def passgate_check(b):
    """With the statements that decided."""
    return _passgate(b + ".set", lambda gate: gate.check)


@peer
def passgate_principal(b):
    """The principal resolved once."""
    import passgate
    users = json.loads(read(b + ".json"))["principals"]
    who = {}

    def load():
        gate = passgate.load(b + ".set")
        who.update((u, gate.principal(u)) for u in users)
    return load, lambda u, act, ip: who[u].allows(act, ip)


class Many:
    """Many requests at once: made ready by columns(gate, requests, expected), which gives what is measured
    and the answers that it must have."""

    def __init__(self, columns):
        self.columns = columns


def _passgate_many(b, columns):
    import passgate

    def load():
        gate = passgate.load(b + ".set")
        return Many(lambda reqs, exp: columns(gate, reqs, exp))
    return load, None


@peer
def passgate_lists(b):
    """Columns are lists of str."""
    def columns(gate, reqs, exp):
        p, a, i = ([r[k] for r in reqs] for k in range(3))
        return lambda: gate.allows_many(p, a, i), exp
    return _passgate_many(b, columns)


@peer
def passgate_arrow(b):
    """Columns are Arrow strings."""
    import pyarrow

    def columns(gate, reqs, exp):
        p, a, i = (pyarrow.array([r[k] for r in reqs]) for k in range(3))
        return lambda: gate.allows_many(p, a, i), exp
    return _passgate_many(b, columns)


@peer
def passgate_ids(b):
    """Columns are numbers; IPv4 only."""
    import ipaddress
    import numpy

    def columns(gate, reqs, exp):
        rows = [(r, e) for r, e in zip(reqs, exp) if ":" not in r[2]]
        p, a = (numpy.array(f([r[k] for r, _ in rows]), dtype="u4")
                for k, f in enumerate((gate.principal_ids, gate.action_ids)))
        i = numpy.array([int(ipaddress.IPv4Address(r[2])) for r, _ in rows], dtype="u4")
        return lambda: gate.allows_many_ids(p, a, i), [e for _, e in rows]
    return _passgate_many(b, columns)


@peer
def py_tuned_fresh(b):
    return py_tuned(b)


# --- the floor: one call of the C interface, one made-up table --------------------------------
@peer
def c_api_floor(b):
    import pyrawfloor
    return (lambda: pyrawfloor.check_ascii), None


@peer
def c_api_floor_fresh(b):
    return c_api_floor(b)


# --- driver --------------------------------------------------------------------------------
def fresh(requests):
    """The same requests in strings of their own."""
    return [tuple(bytes(x, "ascii").decode("ascii") for x in r) for r in requests]


def measure(out, name, check, reqs, exp):
    t0, n, bad = time.perf_counter(), 0, 0
    while n < len(reqs) and (n < 3 or time.perf_counter() - t0 < CAP_VERIFY):
        bad += bool(check(*reqs[n])) != bool(exp[n])
        n += 1
    est = (time.perf_counter() - t0) / n
    out.update(verified=n, disagree=bad)
    k = max(1, min(2000, int(3e-4 / est)))
    rounds, loops, clk, i, c0 = [], [], time.perf_counter_ns, 0, time.thread_time_ns()
    t_end, total = time.perf_counter() + CAP_MEASURE, 0
    while time.perf_counter() < t_end or len(rounds) < 3:
        if i + k > len(reqs):
            i = 0
        part = fresh(reqs[i:i + k]) if name.endswith("_fresh") else reqs[i:i + k]
        i += k
        t = clk()
        for u, a, ip in part:
            pass
        loops.append((clk() - t) / len(part))
        t = clk()
        for u, a, ip in part:
            check(u, a, ip)
        rounds.append((clk() - t) / len(part))
        total += len(part)
    out["ns"] = round(statistics.median(rounds), 1)
    out["ns_p10"] = round(sorted(rounds)[len(rounds) // 10], 1)
    out["ns_loop"] = round(statistics.median(loops), 1)
    out["ns_cpu"] = round((time.thread_time_ns() - c0) / total, 1)
    out["checks"] = total


def measure_batch(out, batch, reqs, exp):
    """A thousand requests in one call, where they do not take too long."""
    if out["ns"] > 1e7:
        return
    part = reqs[:1000]
    answers = batch(part)
    if answers is None:
        return
    out["batch_disagree"] = sum(bool(x) != bool(e) for x, e in zip(answers, exp))
    rounds, t_end = [], time.perf_counter() + CAP_MEASURE / 2
    while time.perf_counter() < t_end or len(rounds) < 2:
        t = time.perf_counter_ns()
        batch(part)
        rounds.append((time.perf_counter_ns() - t) / len(part))
    out["ns_batch"] = round(statistics.median(rounds), 1)


def measure_many(out, run, exp):
    answers = run().to_list()
    out.update(verified=len(exp), disagree=sum(bool(x) != bool(e) for x, e in zip(answers, exp)))
    rounds, t_end = [], time.perf_counter() + CAP_MEASURE
    while time.perf_counter() < t_end or len(rounds) < 3:
        t = time.perf_counter_ns()
        run()
        rounds.append((time.perf_counter_ns() - t) / len(exp))
    out["ns"] = round(statistics.median(rounds), 1)
    out["ns_p10"] = round(sorted(rounds)[len(rounds) // 10], 1)
    out["checks"] = len(rounds) * len(exp)


def main():
    if sys.argv[1] == "list":
        print(" ".join(PEERS))
        return
    name, path = sys.argv[1], sys.argv[2]
    base = path[:-5]
    out = dict(peer=name, lang="python", workload=os.path.basename(base))
    try:
        r = PEERS[name](base)
        load, check = r[:2]
        w = json.loads(read(path))
        reqs, exp = w["requests"], w["expected"]
        del w
        gc.collect()
        m0, t0 = rss(), time.perf_counter()
        check = load() or check
        out["load_ms"] = round((time.perf_counter() - t0) * 1e3, 2)
        gc.collect()
        out["rss_mb"] = round(rss() - m0, 1)
        if isinstance(check, Many):
            measure_many(out, *check.columns(reqs, exp))
        else:
            measure(out, name, check, reqs, exp)
            if len(r) > 2:
                measure_batch(out, r[2], reqs, exp)
    except BaseException as e:
        out["error"] = "%s: %s" % (type(e).__name__, str(e)[:200])
    out["load1"] = os.getloadavg()[0]
    print(json.dumps(out), flush=True)


main()
