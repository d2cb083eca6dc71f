#!/usr/bin/env bash
# Decides a page of requests through the command, Python and Node, prints each decision and compares the three.
# Exits 1 where they differ. `ALTER=python|node|cli` alters one answer of that one, to show that this is noticed.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=.build/demo
mkdir -p "$out"
requests=examples/partners/requests.jsonl

echo "the command …" >&2
# Exit 2 says that some lines were requests at fault: the page holds such lines on purpose.
target/release/passgate check examples/partners --requests "$requests" >"$out/cli.jsonl" || [ $? -eq 2 ]
echo "Python …" >&2
.build/venv/bin/python examples/demo/demo.py "$requests" >"$out/python.jsonl"
echo "Node …" >&2
node examples/demo/demo.mjs "$requests" >"$out/node.jsonl"

if [ -n "${ALTER:-}" ]; then
  sed -i '2s/"allowed": *false/"allowed":true/' "$out/$ALTER.jsonl"
fi
.build/venv/bin/python examples/demo/compare.py "$requests" "$out/cli.jsonl" "$out/python.jsonl" "$out/node.jsonl"
