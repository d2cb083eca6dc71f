#!/usr/bin/env python3
"""One JSON line: the machine, and the versions of languages and peers. What was measured is not here.

    machine.py PEERS_DIR
"""
import json
import os
import platform
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RUST = ("cedar-policy", "regorus", "casbin", "poptrie", "ip_network_table-deps-treebitmap", "prefix-trie")


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def text(path):
    with open(path) as f:
        return f.read()


def processor():
    found = re.search(r"model name\s*: (.*)", text("/proc/cpuinfo"))
    return found.group(1) if found else platform.machine()


def memory():
    return round(int(re.search(r"MemTotal:\s*(\d+)", text("/proc/meminfo")).group(1)) / 2**20)


def rust():
    packages = re.findall(r'name = "(.*)"\nversion = "(.*)"', text(os.path.join(HERE, "rust", "Cargo.lock")))
    return {name: version for name, version in packages if name in RUST}


def python():
    wanted = re.findall(r"^[a-z][a-z-]*", text(os.path.join(HERE, "python_peers.txt")), re.M)
    own = {"maturin", "numpy"}
    found = json.loads(said(sys.executable, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"))
    found = {p["name"].lower().replace("_", "-"): p["version"] for p in found}
    wanted = [*wanted, "opa-golib-python-bindings"]
    return {name: found[name] for name in sorted(wanted) if name in found and name not in own}


def node(folder):
    wanted = json.loads(text(os.path.join(HERE, "node_peers.json")))["dependencies"]
    at = os.path.join(folder, "node", "node_modules")
    return {n: json.loads(text(os.path.join(at, n, "package.json")))["version"] for n in sorted(wanted)}


def main(folder):
    machine = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gib": memory(),
        "system": "%s %s" % (platform.system(), platform.release().split("-")[0]),
        "rustc": said("rustc", "--version").split()[1],
        "python": platform.python_version(),
        "node": said("node", "--version").lstrip("v"),
        "passgate": said("git", "-C", HERE, "rev-parse", "--short=10", "HEAD"),
        "peers": {"Rust": rust(), "Python": python(), "Node": node(folder)},
    }
    print(json.dumps({"machine": machine}))


if __name__ == "__main__":
    main(sys.argv[1])
