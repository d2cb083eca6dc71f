#!/usr/bin/env bash
# The demo ends well, and ends with 1 when any of the three answers is altered.
set -euo pipefail
cd "$(dirname "$0")"
./run.sh >/dev/null
for one in cli python node; do
  status=0
  ALTER=$one ./run.sh >/dev/null || status=$?
  [ "$status" -eq 1 ] || { echo "an altered answer of $one ended the demo with $status, not 1" >&2; exit 1; }
done
echo "demo: 4 runs passed, 3 of them altered and noticed"
