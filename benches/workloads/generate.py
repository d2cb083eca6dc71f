#!/usr/bin/env python3
"""Neutral policy-check workload, plain JSON, seeded and deterministic.

Semantics: explicit deny wins, default deny.  A statement matches when any of its
action patterns matches (only `*` is special, matches any run of characters, case
sensitive) and its optional IP condition holds ("in": the source address is in one
of the CIDRs; "not_in": in none of them).

    generate.py NAME [--out DIR] [--param value ...]   one of the presets below
    generate.py all  [--out DIR]

The expected decision of each request comes from a deliberately plain reference
(ipaddress + fnmatch-like).  With --fast-ref (only for the presets where the plain one
would take hours) a merged-interval reference gives the decisions and the plain one
re-checks a sample of 200.
"""
import argparse, bisect, fnmatch, functools, ipaddress, json, os, random, re, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
PREFIX = "intlpartnersmgt:"

PRESETS = {
    # P principals, ppp policies each, stm statements per policy, cidrs per IP condition
    "small":      dict(P=10, ppp=1, stm=3, cidrs=4, N=2000),
    "medium":     dict(P=1000, ppp=4, stm=5, cidrs=16, N=20000),
    "large":      dict(P=100000, ppp=3, stm=20, pool=5000, cidrs=16, N=50000, deny=0.1, fast_ref=True),
    "ip_heavy":   dict(P=1, ppp=1, stm=1, cidrs=100000, N=20000, cond=1.0, deny=0.0, notin=0.0, fast_ref=True,
                       star_only=True),
    "stmt_heavy": dict(P=1, ppp=1, stm=10000, cidrs=4, N=2000, deny=0.2, notin=0.0, cond=1.0, deep=True),
    # growth with the number of statements of the one principal that asks
    "grow_10":    dict(P=1, ppp=1, stm=10, cidrs=4, N=1000, deny=0.2, notin=0.0, cond=1.0, deep=True),
    "grow_100":   dict(P=1, ppp=1, stm=100, cidrs=4, N=1000, deny=0.2, notin=0.0, cond=1.0, deep=True),
    "grow_1000":  dict(P=1, ppp=1, stm=1000, cidrs=4, N=1000, deny=0.2, notin=0.0, cond=1.0, deep=True),
}
DEFAULTS = dict(pool=0, cond=0.5, notin=0.25, wild=0.3, deny=0.2, v6=0.2, fast_ref=False,
                star_only=False, deep=False, seed=20250806)


def catalog():
    with open(os.path.join(HERE, "actions.tsv")) as f:
        return [PREFIX + l.split("\t")[0] for l in f if not l.startswith("#")]


def verbs(cat):
    seen = {}
    for a in cat:
        v = re.match(r"[A-Z][a-z]+", a[len(PREFIX):]).group(0)
        seen[v] = seen.get(v, 0) + 1
    return sorted(seen)


def rand_v4(r, deep):
    if deep:                       # mostly narrow: thousands of denies must not cover everything
        plen = r.choices([16, 20, 24, 28, 32], [1, 5, 50, 14, 30])[0]
    else:
        plen = r.choices([8, 12, 16, 20, 24, 28, 32], [1, 3, 12, 14, 44, 8, 18])[0]
    a = r.randrange(0x01000000, 0xDF000000)
    return "%s/%d" % (ipaddress.IPv4Address(a >> (32 - plen) << (32 - plen)), plen)


def rand_v6(r, deep):
    plen = r.choices([32, 40, 44, 48, 56, 64, 128], [10, 10, 10, 40, 10, 15, 5])[0]
    a = (0x2000 << 112) | r.getrandbits(125)
    return "%s/%d" % (ipaddress.IPv6Address(a >> (128 - plen) << (128 - plen)), plen)


def rand_cidr(r, p):
    return rand_v6(r, p["deep"]) if r.random() < p["v6"] else rand_v4(r, p["deep"])


def rand_pattern(r, p, cat, vs):
    if p["star_only"]:
        return PREFIX + "*"
    if r.random() >= p["wild"]:
        return r.choice(cat)
    k = r.random()
    if k < 0.70:
        a = r.choice(cat)[len(PREFIX):]
        words = re.findall(r"[A-Z][a-z0-9]*", a) or [a]
        n = 1 if r.random() < 0.5 else 2
        return PREFIX + "".join(words[:n]) + "*"                 # Query*, QueryBill*
    if k < 0.85:
        a = r.choice(cat)[len(PREFIX):]
        return PREFIX + "*" + re.findall(r"[A-Z][a-z0-9]*|.$", a)[-1]   # *List
    if k < 0.95:
        return PREFIX + r.choice(["Query", "Describe", "*"]) + r.choice(["*Bill*", "*Customer*", "*Voucher*", "*Client*"])
    return PREFIX + "*"


def build(p):
    r = random.Random(p["seed"])
    cat = catalog()
    vs = verbs(cat)
    pool = p["pool"] or p["P"] * p["ppp"]
    policies = []
    for i in range(pool):
        sts = []
        for _ in range(p["stm"]):
            deny = r.random() < p["deny"]
            n = 1 if p["star_only"] else r.choice([1, 2, 3, 4, 5])
            st = {"effect": "deny" if deny else "allow",
                  "actions": sorted({rand_pattern(r, p, cat, vs) for _ in range(n)})}
            if deny or r.random() < p["cond"]:           # every deny carries a condition
                op = "not_in" if (r.random() < p["notin"] and not deny) else "in"
                cidrs = set()
                while len(cidrs) < p["cidrs"]:
                    cidrs.add(rand_cidr(r, p))
                cidrs = sorted(cidrs)
                r.shuffle(cidrs)
                st["ip"] = {"op": op, "cidrs": cidrs}
            sts.append(st)
        policies.append({"id": "pol%d" % i, "statements": sts})
    principals = {}
    for i in range(p["P"]):
        if p["pool"]:
            ids = sorted(r.sample(range(pool), p["ppp"]))
        else:
            ids = range(i * p["ppp"], (i + 1) * p["ppp"])
        principals["user%d" % i] = ["pol%d" % j for j in ids]
    byid = {q["id"]: q for q in policies}
    names = list(principals)
    requests = []
    for _ in range(p["N"]):
        u = r.choice(names)
        sts = [s for q in principals[u] for s in byid[q]["statements"]]
        st = r.choice(sts)
        if r.random() < 0.6:
            pat = r.choice(st["actions"])
            acts = matching(pat, cat)
            act = r.choice(acts) if acts else r.choice(cat)
        else:
            act = r.choice(cat)
        conds = [st] if "ip" in st else [s for s in sts[:50] if "ip" in s]
        if conds and r.random() < 0.6:
            net = ipaddress.ip_network(r.choice(r.choice(conds)["ip"]["cidrs"]))
            ip = net[r.randrange(net.num_addresses)]
        elif r.random() < p["v6"]:
            ip = ipaddress.IPv6Address((0x2000 << 112) | r.getrandbits(125))
        else:
            ip = ipaddress.IPv4Address(r.randrange(0x01000000, 0xDF000000))
        requests.append([u, act, str(ip)])
    return cat, policies, principals, requests


@functools.lru_cache(None)
def _rx(pat):
    return re.compile(fnmatch.translate(pat.replace("[", "[[]"))).match


@functools.lru_cache(None)
def _match(pat, act):
    return _rx(pat)(act) is not None


_cat_cache = {}


def matching(pat, cat):
    if pat not in _cat_cache:
        _cat_cache[pat] = [a for a in cat if _match(pat, a)]
    return _cat_cache[pat]


class Plain:
    """The plain reference: every statement in turn, every CIDR in turn."""

    def __init__(self, policies, principals):
        self.pol = {q["id"]: [(s["effect"], s["actions"], s.get("ip", {}).get("op"),
                               [ipaddress.ip_network(c) for c in s["ip"]["cidrs"]] if "ip" in s else None)
                              for s in q["statements"]] for q in policies}
        self.principals = principals

    def check(self, u, act, ip):
        addr = ipaddress.ip_address(ip)
        allowed = False
        for q in self.principals.get(u, ()):
            for eff, pats, op, nets in self.pol[q]:
                if not any(_match(x, act) for x in pats):
                    continue
                if op is not None:
                    inside = any(addr in n for n in nets)
                    if inside != (op == "in"):
                        continue
                if eff == "deny":
                    return 0
                allowed = True
        return 1 if allowed else 0


class Intervals(Plain):
    """Same walk over the statements, but each CIDR list as merged sorted intervals."""

    def __init__(self, policies, principals):
        self.principals = principals
        self.pol = {q["id"]: [(s["effect"], s["actions"], s.get("ip", {}).get("op"),
                               self.merge(s["ip"]["cidrs"]) if "ip" in s else None)
                              for s in q["statements"]] for q in policies}

    @staticmethod
    def merge(cidrs):
        out = {}
        for ver in (4, 6):
            iv = sorted((int(n.network_address), int(n.broadcast_address))
                        for n in map(ipaddress.ip_network, cidrs) if n.version == ver)
            lo, hi = [], []
            for a, b in iv:
                if hi and a <= hi[-1] + 1:
                    hi[-1] = max(hi[-1], b)
                else:
                    lo.append(a), hi.append(b)
            out[ver] = (lo, hi)
        return out

    def check(self, u, act, ip):
        addr = ipaddress.ip_address(ip)
        x, ver = int(addr), addr.version
        allowed = False
        for q in self.principals.get(u, ()):
            for eff, pats, op, iv in self.pol[q]:
                if not any(_match(y, act) for y in pats):
                    continue
                if op is not None:
                    lo, hi = iv[ver]
                    k = bisect.bisect_right(lo, x) - 1
                    if (k >= 0 and x <= hi[k]) != (op == "in"):
                        continue
                if eff == "deny":
                    return 0
                allowed = True
        return 1 if allowed else 0


def make(name, out, **over):
    p = dict(DEFAULTS, **PRESETS.get(name, {}))
    p.update({k: v for k, v in over.items() if v is not None})
    t0 = time.time()
    cat, policies, principals, requests = build(p)
    t1 = time.time()
    ref = (Intervals if p["fast_ref"] else Plain)(policies, principals)
    expected = [ref.check(*q) for q in requests]
    if p["fast_ref"]:
        plain = None
        for i in random.Random(1).sample(range(len(requests)), min(200, len(requests))):
            u = requests[i][0]
            ids = set(principals[u])
            if plain is None or p["P"] > 1:
                plain = Plain([q for q in policies if q["id"] in ids], {u: principals[u]})
            assert plain.check(*requests[i]) == expected[i], requests[i]
    t2 = time.time()
    n_st = sum(len(q["statements"]) for q in policies)
    n_ci = sum(len(s["ip"]["cidrs"]) for q in policies for s in q["statements"] if "ip" in s)
    meta = dict(name=name, params=p, statements=n_st, cidrs=n_ci, policies=len(policies), principals=len(principals),
                requests=len(requests), allow_rate=round(sum(expected) / len(expected), 4))
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, name + ".json"), "w") as f:
        json.dump(dict(meta=meta, catalog=cat, policies=policies, principals=principals, requests=requests,
                       expected=expected), f, separators=(",", ":"))
    print("%-10s build %.1fs reference %.1fs  %s" % (name, t1 - t0, t2 - t1, json.dumps(
        {k: v for k, v in meta.items() if k not in ("params", "name")})), file=sys.stderr)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("name")
    ap.add_argument("--out", default=os.path.join(HERE, "..", "..", ".build", "workloads"))
    for k, t in dict(P=int, ppp=int, stm=int, pool=int, cidrs=int, N=int, cond=float, notin=float, wild=float,
                     deny=float, v6=float, seed=int).items():
        ap.add_argument("--" + k, type=t)
    a = vars(ap.parse_args())
    name, out = a.pop("name"), a.pop("out")
    for n in (PRESETS if name == "all" else [name]):
        make(n, out, **a)


if __name__ == "__main__":
    main()
