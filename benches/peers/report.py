#!/usr/bin/env python3
"""Results of run.sh as the tables of benches/README.md.

    report.py RESULTS.jsonl…            print the tables
    report.py RESULTS.jsonl… --record   write them between the markers, and the results to recorded.jsonl
    report.py --check                   are the tables those of recorded.jsonl?

Figures are printed as they are, whoever is faster.
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "..", "README.md")
RECORD = os.path.join(HERE, "recorded.jsonl")
BEGIN, END = "<!-- peers: begin -->\n", "<!-- peers: end -->\n"

LANGUAGES = (("rust", "Rust"), ("python", "Python"), ("node", "Node"))
SETS = ("small", "medium", "large", "ip_heavy", "stmt_heavy")
GROWTH = ("grow_10", "grow_100", "grow_1000", "stmt_heavy")
# Written by hand for this workload, or a floor: no policy engine that one installs.
BY_HAND = ("rs_plain", "rs_sketch", "py_plain", "py_tuned", "py_tuned_fresh", "js_plain", "js_tuned",
           "js_tuned_fresh", "casl")
LOOKUPS = ("poptrie", "treebitmap", "prefix_trie")
TUNED = {"rust": "rs_sketch", "python": "py_tuned", "node": "js_tuned"}


def read(paths):
    """The machine that was told last, and a result for each language, peer and workload. A run begins with its machine:
    what it measured replaces what runs before it did. Of several figures of one run the middle one counts."""
    machine, run, found = {}, 0, {}
    for path in paths:
        with open(path) as f:
            for line in f:
                if not line.startswith("{"):
                    continue
                d = json.loads(line)
                if "machine" in d:
                    machine, run = d["machine"], run + 1
                    continue
                key = d["lang"], d["peer"], d["workload"]
                if found.get(key, (run,))[0] != run:
                    del found[key]
                found.setdefault(key, (run, []))[1].append(d)
    return machine, {key: middle(results) for key, (_, results) in found.items()}


def middle(results):
    measured = sorted((d for d in results if "error" not in d), key=lambda d: d["ns"])
    return measured[(len(measured) - 1) // 2] if measured else results[0]


def is_engine(peer):
    return not (peer in BY_HAND or peer in LOOKUPS or peer.startswith("passgate") or "_floor" in peer)


def time(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e4)):
        if ns >= size:
            return "%.1f %s" % (ns / (1e3 if unit == "µs" else size), unit)
    return "%.*f ns" % (1 if ns < 100 else 0, ns)


def times(ratio):
    return "%.2f" % ratio if ratio < 10 else "{:,.0f}".format(ratio)


def cell(d, what):
    if d is None:
        return ""
    if "error" in d:
        return "over time" if d["error"].startswith("over") else "fails"
    if what in ("ns", "ns_p10"):
        return time(d[what])
    if what == "load":
        return "%s / %.0f MB" % (time(d["load_ms"] * 1e6), d["rss_mb"])
    return "{:,} of {:,}".format(d["verified"] - d["disagree"], d["verified"])


def grid(rows, title, what, columns):
    lines = ["### %s\n" % title, "| | %s |" % " | ".join(columns), "|---|%s" % ("---|" * len(columns))]
    for key, name in LANGUAGES:
        peers = dict.fromkeys(p for l, p, w in rows if l == key and w in columns)
        for peer in peers:
            cells = [cell(rows.get((key, peer, w)), what) for w in columns]
            lines.append("| %s: `%s` | %s |" % (name, peer, " | ".join(cells)))
    return lines if len(lines) > 3 else []


def fastest(rows, language, workload):
    """The fastest policy engine of those whose answers are the workload's, but for one of a hundred at most."""
    right = [d for (l, p, w), d in rows.items()
             if l == language and w == workload and is_engine(p) and "error" not in d
             and d["disagree"] * 100 <= d["verified"]]
    return min(right, key=lambda d: d["ns"], default=None)


def ratios(rows):
    lines = ["### passgate beside the fastest engine and the code by hand\n",
             "How many times as long the other takes; below 1 it is faster than passgate. Behind it the same of the "
             "10th percentiles. An engine counts where no more than 1 of 100 of its answers differs from the workload's "
             "(which do is told below).\n",
             "| | passgate | fastest engine | | by hand | |", "|---|---|---|---|---|---|"]

    def against(own, other):
        if other is None or "error" in other:
            return "", ""
        both = "%s (%s)" % tuple(times(other[k] / own[k]) for k in ("ns", "ns_p10"))
        return "`%s` %s" % (other["peer"], time(other["ns"])), both

    for language, name in LANGUAGES:
        for workload in dict.fromkeys((*SETS, *GROWTH)):
            for suffix in ("", "_fresh"):
                own = rows.get((language, "passgate" + suffix, workload))
                if own is None or "error" in own:
                    continue
                engine = against(own, fastest(rows, language, workload))
                hand = against(own, rows.get((language, TUNED[language] + suffix, workload)))
                strings = ", new strings" if suffix else ""
                lines.append("| %s, `%s`%s | %s | %s | %s |" % (
                    name, workload, strings, time(own["ns"]), " | ".join(engine), " | ".join(hand)))
    return lines if len(lines) > 4 else []


def others(rows):
    """Ratios that need no engine: growth, the address part, floors."""
    def ns(language, peer, workload):
        d = rows.get((language, peer, workload))
        return None if d is None or "error" in d else d["ns"]

    lines = []

    def line(what, a, b):
        if a is not None and b is not None:
            lines.append("| %s | %s | %s | %s |" % (what, time(a), time(b), times(a / b)))

    for language, name in LANGUAGES:
        line("%s: `stmt_heavy` (10,000 statements) over `grow_10`" % name,
             ns(language, "passgate", "stmt_heavy"), ns(language, "passgate", "grow_10"))
    for peer in LOOKUPS:
        line("Rust: `passgate_handles` on `ip_heavy` over `%s`" % peer,
             ns("rust", "passgate_handles", "ip_heavy"), ns("rust", peer, "ip_heavy"))
    for language, floors in (("python", ("c_api_floor",)), ("node", ("js_floor_map", "js_floor_sampled"))):
        for floor in floors:
            for suffix in ("", "_fresh"):
                for workload in ("small", "medium"):
                    line("%s: `passgate%s` on `%s` over `%s%s`" % (
                        dict(LANGUAGES)[language], suffix, workload, floor, suffix),
                        ns(language, "passgate" + suffix, workload), ns(language, floor + suffix, "floor"))
    for language in ("python", "node"):
        for workload in ("small", "medium"):
            d, rust = rows.get((language, "passgate", workload)), ns("rust", "passgate", workload)
            if rust is not None and d is not None and "error" not in d:
                own = d["ns"] - d.get("ns_loop", 0)
                lines.append("| %s over Rust: `passgate` on `%s`%s | %s | %s | %+.0f ns |" % (
                    dict(LANGUAGES)[language], workload, ", the loop taken off" if "ns_loop" in d else "",
                    time(own), time(rust), own - rust))
    head = ["### Growth, the address part, floors\n",
            "A floor is one made-up table asked by the least that its language allows, on its own requests: no errors, no "
            "conditions.\n", "| | | | ratio |", "|---|---|---|---|"]
    return head + lines if lines else []


def taken(machine, rows):
    loads = [d["load1"] for d in rows.values() if "load1" in d]
    noise = sorted(d["ns"] / d["ns_p10"] for d in rows.values() if d.get("ns_p10"))
    lines = []
    if machine:
        peers = "; ".join("%s: %s" % (name, ", ".join("%s %s" % p for p in found.items()))
                          for name, found in machine["peers"].items())
        lines.append("Taken on %(processor)s, %(cores)s cores, %(memory_gib)s GiB, %(system)s; rustc %(rustc)s, Python "
                     "%(python)s, Node %(node)s; passgate at `%(passgate)s`." % machine + " Peers: %s.\n" % peers)
    if loads and noise:
        lines.append("Load of the machine while it was measured (1 minute, the peer itself included): %.1f to %.1f. Noise: the "
                     "median is %.2f times the 10th percentile for half of the figures, at most %.2f for 9 of 10.\n" % (
                         min(loads), max(loads), noise[len(noise) // 2], noise[len(noise) * 9 // 10]))
    return lines


def wrong(rows):
    lines = []
    for d in rows.values():
        who = "- %s `%s` on `%s`" % (dict(LANGUAGES)[d["lang"]], d["peer"], d["workload"])
        if "error" in d:
            lines.append("%s: %s" % (who, d["error"]))
        elif d["disagree"]:
            lines.append("%s: %s of %s answers differ from the workload's" % (who, d["disagree"], d["verified"]))
    return ["### What failed\n", *lines] if lines else []


def tables(machine, rows):
    parts = (
        taken(machine, rows), ratios(rows), others(rows),
        grid(rows, "Median time of a check", "ns", SETS),
        grid(rows, "10th percentile", "ns_p10", SETS),
        grid(rows, "Load time, and memory that it added", "load", SETS),
        grid(rows, "Answers that agree, of those compared", "agree", SETS),
        grid(rows, "Growth with the caller's statements: 10, 100, 1,000, 10,000", "ns", GROWTH),
        grid(rows, "Floors", "ns", ("floor",)),
        wrong(rows),
    )
    return "\n".join("\n".join(part) + "\n" for part in parts if part)


def between(text):
    """What stands before, between and after the markers."""
    before, rest = text.split(BEGIN)
    inner, after = rest.split(END)
    return before, inner, after


def readme():
    with open(README) as f:
        return f.read()


def placeless(d):
    """Without the folders of the machine that an error names."""
    return {k: re.sub(r"(?:/[\w.@+-]+)+/", "", v) if k == "error" else v for k, v in d.items()}


def record(machine, rows):
    before, _, after = between(readme())
    with open(RECORD, "w") as f:
        for d in ({"machine": machine}, *map(placeless, rows.values())):
            f.write(json.dumps(d, sort_keys=True) + "\n")
    # Printed from what was written, so that a check finds the same.
    with open(README, "w") as f:
        f.write(before + BEGIN + "\n" + tables(*read([RECORD])) + "\n" + END + after)


def check():
    return between(readme())[1].strip() == tables(*read([RECORD])).strip()


def main(args):
    paths = [a for a in args if not a.startswith("--")]
    if "--check" in args:
        sys.exit(0 if check() else "the tables of benches/README.md are not those of recorded.jsonl")
    if "--record" in args:
        record(*read(paths))
    else:
        print(tables(*read(paths)))


if __name__ == "__main__":
    main(sys.argv[1:])
