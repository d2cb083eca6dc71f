#!/usr/bin/env bash
# Installs the peers, writes the workloads, measures each peer on each workload, and writes the tables of benches/README.md.
#   run.sh                                                          everything, about an hour
#   PEERS="passgate* rs_sketch" WORKLOADS="small medium" run.sh      a part of it
#   SKIP_INSTALL=1   use the peers that are installed; passgate itself is built all the same
#   SKIP_BUILD=1     use the passgate that is built, too
#   APPEND=1         keep what was measured before; a figure that is measured again replaces the one before
#   REPEAT=3         measure so often, one after the other; the middle figure counts
#   RECORD=0         leave benches/README.md alone, and print the tables
#   PEERS_DIR=DIR    where peers, workloads and results lie (.build/peers)
#   TIMEOUT=75 MEMORY_MB=12288       bounds of one peer on one workload: seconds, megabytes
#   CAP_VERIFY=3 CAP_MEASURE=2       seconds for comparing answers, and for measuring; CAP_WARM=1 before that in Node
#   RENICE=-10       as root: measure before other work on the machine
# A peer is a function in python_peers.py, node_peers.cjs or rust/*/src/main.rs; it is measured in the same run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "${PEERS_DIR:=$root/.build/peers}"
PEERS_DIR=$(cd "$PEERS_DIR" && pwd)
export CAP_MEASURE=${CAP_MEASURE:-2} CAP_VERIFY=${CAP_VERIFY:-3}
export NODE_PATH=$PEERS_DIR/node/node_modules PASSGATE_NODE=$root/bindings/node PYTHONPATH=$PEERS_DIR/floor PYTHONDONTWRITEBYTECODE=1
timeout=${TIMEOUT:-75}
memory_mb=${MEMORY_MB:-12288} # of it 4,096 are the stack that a Rust peer reserves
workloads=${WORKLOADS:-small medium large ip_heavy stmt_heavy grow_10 grow_100 grow_1000 floor}
out=${OUT:-$PEERS_DIR/results.jsonl}
work=$PEERS_DIR/workloads
rust=$PEERS_DIR/target/release
python=$PEERS_DIR/venv/bin/python
say() { printf '== %s\n' "$*" >&2; }

install_peers() {
	say "installing the peers of Python and Node in $PEERS_DIR"
	[ -x "$python" ] || "${PYTHON:-python3}" -m venv "$PEERS_DIR/venv"
	"$python" -m pip install -q --disable-pip-version-check -r "$here/python_peers.txt"
	# The wheel says Python >= 3.14, and is plain ctypes over a shared library.
	"$python" -m pip install -q --disable-pip-version-check --ignore-requires-python \
		opa-golib-python-bindings==0.4.4
	mkdir -p "$PEERS_DIR/node"
	cp "$here/node_peers.json" "$PEERS_DIR/node/package.json"
	(cd "$PEERS_DIR/node" && npm install --no-fund --no-audit --loglevel=error)
	say "building the peers of Rust"
	build peers lookup core_check pyrawfloor
	mkdir -p "$PEERS_DIR/floor"
	cp "$rust/libpyrawfloor.so" "$PEERS_DIR/floor/pyrawfloor.so"
}

build() { # package…; not --locked, since passgate may have come to need a crate that the lock file does not know
	(cd "$here/rust" && PYO3_PYTHON=$python cargo build --release -q --target-dir "$PEERS_DIR/target" "${@/#/-p}")
}

build_passgate() {
	say "building passgate for Rust, Python and Node"
	build contender
	"$python" -m maturin build -q --release -i "$python" -m "$root/bindings/python/Cargo.toml" -o "$PEERS_DIR/wheels"
	"$python" -m pip install -q --disable-pip-version-check --force-reinstall --no-deps "$(ls -t "$PEERS_DIR"/wheels/*.whl | head -1)"
	make -s -C "$root" node >&2
	(cd "$root" && cargo build -q --release -p passgate-benches --bin set)
}

write_workload() { # name
	local file=$work/$1.json
	if [ "$1" = floor ]; then
		[ -f "$file" ] || "$rust/floors" "$work"
		return
	fi
	[ -f "$file" ] || "$python" "$root/benches/workloads/generate.py" "$1" --out "$work"
	[ -f "$work/$1.regohex.json" ] || "$python" "$here/translate.py" "$file"
	# What another passgate wrote is not this one's.
	[ -n "${SKIP_BUILD:-}" ] && [ -d "$work/$1.set" ] || (cd "$root" && cargo run -q --release -p passgate-benches --bin set -- "$file")
}

# Where a peer on a workload would tell nothing, or never end.
left_out() { # peer workload
	case "$1:$2" in
	*_floor*:floor) return 1 ;;
	*_floor*:* | *:floor) return 0 ;;
	poptrie:ip_heavy | treebitmap:ip_heavy | prefix_trie:ip_heavy) return 1 ;;
	poptrie:* | treebitmap:* | prefix_trie:*) return 0 ;;
	*_sliced:ip_heavy | cedar*_sliced:stmt_heavy | cedar*_sliced:grow_*) return 0 ;; # one user: as the whole set
	*_sliced:large) return 0 ;;                                                      # no set for each of 100,000 users
	cedar_wasm_stateless:small) return 1 ;;
	cedar_wasm_stateless:*) return 0 ;; # reads the text at every call
	esac
	return 1
}

wanted() { # peer
	local pattern
	local -a patterns
	read -ra patterns <<<"${PEERS:-*}"
	for pattern in "${patterns[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $1 == $pattern ]] && return
	done
	return 1
}

one() { # language peer workload command…
	local language=$1 peer=$2 workload=$3 line rc=0 why kilobytes=$((memory_mb * 1024))
	shift 3
	wanted "$peer" || return 0
	left_out "$peer" "$workload" && return 0
	[ "$peer" = regopy ] && kilobytes=unlimited # its allocator lays claim to all addresses when it starts
	line=$(ulimit -d "$kilobytes" && ${RENICE:+nice -n "$RENICE"} timeout "$timeout" "$@" 2>"$PEERS_DIR/last.err") || rc=$?
	if [ -z "$line" ]; then
		why="exit $rc: $(tail -c 200 "$PEERS_DIR/last.err" | tr -d '"\\' | tr '\n\t' '  ')"
		[ "$rc" = 124 ] && why="over $timeout s"
		line="{\"peer\":\"$peer\",\"lang\":\"$language\",\"workload\":\"$workload\",\"error\":\"$why\"}"
	fi
	tail -1 <<<"$line" | tee -a "$out"
}

measure() { # workload
	local binary peer file=$work/$1.json
	for binary in contender peers lookup; do
		for peer in $("$rust/$binary" list); do one rust "$peer" "$1" "$rust/$binary" "$peer" "$file"; done
	done
	for peer in $("$python" "$here/python_peers.py" list); do
		one python "$peer" "$1" "$python" "$here/python_peers.py" "$peer" "$file"
	done
	for peer in $(node "$here/node_peers.cjs" list); do
		one node "$peer" "$1" node --expose-gc --max-old-space-size=8192 "$here/node_peers.cjs" "$peer" "$file"
	done
}

[ -n "${SKIP_INSTALL:-}" ] || install_peers
[ -n "${SKIP_BUILD:-}" ] || build_passgate
mkdir -p "$work"
for workload in $workloads; do
	say "workload $workload"
	write_workload "$workload"
done
[ -n "${APPEND:-}" ] || : >"$out"
"$python" "$here/machine.py" "$PEERS_DIR" >>"$out"
for ((round = 0; round < ${REPEAT:-1}; round++)); do
	for workload in $workloads; do measure "$workload"; done
done
if [ "${RECORD:-1}" = 0 ]; then
	"$python" "$here/report.py" "$out"
else
	"$python" "$here/report.py" "$out" --record
	say "recorded in benches/README.md and benches/peers/recorded.jsonl"
fi
