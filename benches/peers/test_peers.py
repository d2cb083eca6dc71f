#!/usr/bin/env python3
"""Tests of generator, translation and report; no peer is built or asked.

    python3 -m unittest discover -s benches/peers
"""
import copy
import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "workloads")]
import generate
import report
import translate


def generated(name, **over):
    with tempfile.TemporaryDirectory() as folder:
        stderr, sys.stderr = sys.stderr, open(os.devnull, "w")
        try:
            generate.make(name, folder, **over)
        finally:
            sys.stderr.close()
            sys.stderr = stderr
        with open(os.path.join(folder, name + ".json")) as f:
            return f.read()


class Generator(unittest.TestCase):
    def test_the_same_seed_gives_the_same_bytes(self):
        self.assertEqual(generated("small"), generated("small"))

    def test_another_seed_gives_another_workload(self):
        self.assertNotEqual(generated("small"), generated("small", seed=1))

    def test_both_references_agree(self):
        for name, over in (("small", {}), ("grow_100", {"N": 200})):
            w = json.loads(generated(name, **over))
            fast = generate.Intervals(w["policies"], w["principals"])
            answers = [fast.check(*r) for r in w["requests"]]
            self.assertEqual(answers, w["expected"])
            self.assertEqual({0, 1}, set(answers))


class Translation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.base = os.path.join(cls.folder.name, "small")
        text = generated("small")
        cls.workload = json.loads(text)
        with open(cls.base + ".json", "w") as f:
            f.write(text)
        translate.main(cls.base + ".json")

    def text(self, ending):
        with open(self.base + ending) as f:
            return f.read()

    def test_cedar_has_each_statement_once(self):
        statements = [s for p in self.workload["policies"] for s in p["statements"]]
        lines = self.text(".cedar").splitlines()
        self.assertEqual(len(lines), len(statements))
        denies = sum(line.startswith("forbid(") for line in lines)
        self.assertEqual(denies, sum(s["effect"] == "deny" for s in statements))

    def test_ranges_in_hex_are_those_of_the_prefixes(self):
        plain, hexed = json.loads(self.text(".rego.json")), json.loads(self.text(".regohex.json"))
        of = lambda d: [s["c"] for p in d["policies"].values() for e in ("allow", "deny") for s in p[e]]
        for cidrs, ranges in zip(of(plain), of(hexed)):
            for cidr, (low, high) in zip(cidrs, ranges):
                length = int(cidr.split("/")[1])
                bits = 32 if low.startswith("4") else 128
                self.assertEqual(int(high[1:], 16) - int(low[1:], 16) + 1, 1 << (bits - length))

    def test_casbin_has_a_row_for_each_action_pattern(self):
        patterns = sum(len(s["actions"]) for p in self.workload["policies"] for s in p["statements"])
        self.assertEqual(len(json.loads(self.text(".casbin.json"))["p"]), patterns)


def result(lang, peer, ns, workload="small", **more):
    return {"lang": lang, "peer": peer, "workload": workload, "ns": ns, "ns_p10": ns / 2, "load_ms": 1.0,
            "rss_mb": 1.0, "verified": 10, "disagree": 0, "load1": 1.0, **more}


def rows(*results):
    return {(d["lang"], d["peer"], d["workload"]): d for d in results}


class Report(unittest.TestCase):
    def test_the_fastest_engine_is_right_and_not_by_hand(self):
        found = rows(
            result("rust", "rs_sketch", 10.0), result("rust", "passgate", 5.0), result("rust", "quick", 20.0, disagree=1),
            result("rust", "broken", 1.0, error="exit 1"), result("rust", "cedar_all", 900.0),
            result("rust", "regorus_rvm", 800.0), result("python", "cedarpy_all", 1.0))
        self.assertEqual(report.fastest(found, "rust", "small")["peer"], "regorus_rvm")
        self.assertIsNone(report.fastest(found, "node", "small"))

    def test_a_figure_worse_than_a_peers_is_printed_like_the_others(self):
        found = rows(result("python", "passgate", 400.0), result("python", "cedarpy_all", 100.0),
                     result("python", "py_tuned", 200.0))
        line = "| Python, `small` | 400 ns | `cedarpy_all` 100 ns | 0.25 (0.25) | `py_tuned` 200 ns | 0.50 (0.50) |"
        self.assertIn(line, report.tables({}, found).splitlines())

    def test_wrong_answers_and_failures_are_told(self):
        found = rows(result("node", "casbin", 5.0, disagree=3), {"lang": "node", "peer": "zen", "workload": "small",
                                                                 "error": "over 75 s"})
        text = report.tables({}, found)
        self.assertIn("- Node `casbin` on `small`: 3 of 10 answers differ from the workload's", text)
        self.assertIn("- Node `zen` on `small`: over 75 s", text)
        self.assertIn("| Node: `casbin` | 7 of 10 |", text)

    def test_places_on_a_machine_are_not_recorded(self):
        told = report.placeless({"peer": "/a/b", "error": "exit 1: File /srv/x/peers/a.py, line 3: 5/7 of GiB/s"})
        self.assertEqual(told, {"peer": "/a/b", "error": "exit 1: File a.py, line 3: 5/7 of GiB/s"})

    def test_later_runs_replace_and_the_middle_of_one_run_counts(self):
        def read(*lines):
            with tempfile.NamedTemporaryFile("w+") as f:
                f.write("".join(json.dumps(line) + "\n" for line in lines))
                f.flush()
                return report.read([f.name])

        machine = {"machine": {"cores": 2}}
        one, two, three = (result("node", "casbin", ns) for ns in (1.0, 2.0, 3.0))
        fails = {"lang": "node", "peer": "casbin", "workload": "small", "error": "over 75 s"}
        key = "node", "casbin", "small"
        self.assertEqual(read(machine, three, one, two), ({"cores": 2}, {key: two}))
        self.assertEqual(read(machine, three, machine, fails, one), ({"cores": 2}, {key: one}))
        self.assertEqual(read(machine, three, machine, fails), ({"cores": 2}, {key: fails}))
        other = result("node", "casl", 9.0)
        self.assertEqual(len(read(machine, three, machine, other)[1]), 2)

    def test_units(self):
        self.assertEqual([report.time(x) for x in (45.67, 456.7, 9999, 12345, 1.5e6, 2.5e9)],
                         ["45.7 ns", "457 ns", "9999 ns", "12.3 µs", "1.5 ms", "2.5 s"])

    def test_the_tables_of_the_page_are_those_of_the_record(self):
        self.assertTrue(report.check(), "write them with: benches/peers/report.py benches/peers/recorded.jsonl --record")

    def test_an_altered_record_is_noticed(self):
        machine, found = report.read([report.RECORD])
        printed = report.between(report.readme())[1].strip()
        self.assertEqual(report.tables(machine, found).strip(), printed)
        altered = copy.deepcopy(found)
        first = next(d for d in altered.values() if "ns" in d and d["workload"] in report.SETS)
        first["ns"] *= 3
        self.assertNotEqual(report.tables(machine, altered).strip(), printed)


if __name__ == "__main__":
    unittest.main()
