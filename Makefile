# One obvious command for each job. Everything is set up inside the checkout: target/, .build/, node_modules/.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .build/venv
CLI := target/release/passgate
NODE_DIR := bindings/node
# Suites that count millions of cells: run optimised, with every check of arithmetic left on.
OPTIMISED := property:: exhaustive:: large:: reading:: corpus:: vectors:: round_trip:: formatting:: fuzz:: compiled:: questions:: exact_lints:: catalog_lints:: \
	space:: proofs::
say = @printf '\n== %s\n' "$(1)"

.PHONY: help build demo test test-rust test-python test-node test-cli test-demo test-browser test-benches faults lint fmt bench bench-python bench-node bench-peers bench-symbolic clean python node cli

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: cli python node ## the command, the Python package and the Node package

cli: ## the command, target/release/passgate
	$(call say,building the command)
	cargo build --release -p passgate-cli

$(VENV)/.ready: bindings/python/requirements.txt
	$(call say,making the Python environment in $(VENV))
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r bindings/python/requirements.txt
	touch $@

python: $(VENV)/.ready ## the Python package, installed into .build/venv
	$(call say,building the Python package)
	cd bindings/python && VIRTUAL_ENV=$(CURDIR)/$(VENV) $(CURDIR)/$(VENV)/bin/maturin develop --release --quiet

$(NODE_DIR)/node_modules/.ready: $(NODE_DIR)/package.json $(NODE_DIR)/package-lock.json
	$(call say,installing what the Node package is built with)
	cd $(NODE_DIR) && npm ci --no-fund --no-audit --loglevel=error
	touch $@

node: $(NODE_DIR)/node_modules/.ready ## the Node package
	$(call say,building the Node package)
	cd $(NODE_DIR) && npm run --silent build

demo: build ## decide a page of requests through the command, Python and Node, and compare
	$(call say,deciding examples/partners/requests.jsonl three ways)
	examples/demo/run.sh

test: lint test-rust test-cli test-python test-node test-demo test-browser test-benches ## every test of every language
	$(call say,all tests passed)

test-rust: ## core, grammar, vectors, properties, corpus
	$(call say,testing Rust)
	cargo test --workspace --exclude passgate-python --exclude passgate-node
	cargo test --profile property -p passgate-harness --test all -- --nocapture $(OPTIMISED)
	cargo test --profile property -p passgate-harness --test counted

test-cli: cli ## transcripts of the command
	$(call say,testing the command)
	cargo test --release -p passgate-cli

test-python: cli python ## the Python package: vectors, types, style
	$(call say,testing Python)
	cd bindings/python && ../../$(VENV)/bin/ruff check . && ../../$(VENV)/bin/ruff format --check .
	cd bindings/python && ../../$(VENV)/bin/mypy --strict python tests && ../../$(VENV)/bin/python -m mypy.stubtest passgate
	cd bindings/python && ../../$(VENV)/bin/python -m pytest

test-node: cli node ## the Node package: vectors, types
	$(call say,testing Node)
	cd $(NODE_DIR) && npm run --silent typecheck && npm test --silent

test-demo: build ## the demo agrees, and notices an altered answer
	$(call say,testing the demo)
	examples/demo/test.sh

BROWSER_DIR := tests/browser

$(BROWSER_DIR)/node_modules/.ready: $(BROWSER_DIR)/package.json $(BROWSER_DIR)/package-lock.json
	$(call say,installing what drives the browser)
	cd $(BROWSER_DIR) && npm ci --no-fund --no-audit --loglevel=error
	touch $@

test-browser: cli $(BROWSER_DIR)/node_modules/.ready ## the HTML pages in headless Chromium (Debian's package)
	$(call say,opening the HTML pages)
	cd $(BROWSER_DIR) && npm test --silent

test-benches: ## the generator is repeatable, and the tables are those of the recorded results
	$(call say,testing the benches)
	$(PYTHON) -m unittest discover --quiet --start-directory benches/peers

faults: ## plant faults in table and reference; each must turn a test red
	$(call say,planting faults)
	$(PYTHON) tests/faults/run.py

lint: ## rustfmt and clippy
	$(call say,rustfmt and clippy)
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

fmt: ## format everything
	cargo fmt --all

bench: $(VENV)/.ready ## measure each stage and each way to ask, on the workload `medium` (benches/README.md)
	$(call say,generating the workload in .build/workloads)
	[ -f .build/workloads/medium.json ] || $(VENV)/bin/python benches/workloads/generate.py medium --out .build/workloads
	$(call say,measuring each stage)
	PASSGATE_WORKLOAD=$(CURDIR)/.build/workloads/medium.json cargo bench -q -p passgate-benches --bench stages
	$(call say,measuring each way to ask)
	cargo run --release -q -p passgate-benches --bin check -- .build/workloads/medium.json
	cargo run --release -q -p passgate-benches --bin text -- .build/workloads/medium.json
	cargo run --release -q -p passgate-benches --bin lint -- .build/workloads/medium.json

bench-python: python ## measure checks, handles and batches from Python
	$(call say,generating workloads in .build/workloads)
	for w in small medium; do [ -f .build/workloads/$$w.json ] || $(VENV)/bin/python benches/workloads/generate.py $$w --out .build/workloads; done
	$(call say,measuring)
	$(VENV)/bin/python benches/python/check.py .build/workloads/small.json .build/workloads/medium.json

bench-node: node $(VENV)/.ready ## measure checks from Node beside code by hand and the floor of plain JavaScript
	$(call say,measuring Node)
	for name in small medium; do [ -f .build/workloads/$$name.json ] || $(VENV)/bin/python benches/workloads/generate.py $$name --out .build/workloads; done
	cd benches/node && npm ci --no-fund --no-audit --loglevel=error
	node benches/node/bench.cjs .build/workloads/small.json .build/workloads/medium.json

bench-peers: ## measure passgate beside other engines in Rust, Python and Node, about an hour (benches/README.md)
	$(call say,measuring peers)
	PYTHON=$(PYTHON) benches/peers/run.sh

bench-symbolic: $(VENV)/.ready ## compare two versions of a set beside cedar's symbolic compiler; needs the solver cvc5
	@command -v "$${CVC5:-cvc5}" >/dev/null || { echo "missing: cvc5 (apt-get install cvc5, or name it by CVC5)" >&2; exit 2; }
	[ -f .build/workloads/small.json ] || $(VENV)/bin/python benches/workloads/generate.py small --out .build/workloads
	cd benches/peers/rust && cargo run --release -q --target-dir $(CURDIR)/.build/peers/target -p symbolic -- $(CURDIR)/.build/workloads/small.json

clean: ## remove what was built
	rm -rf target .build $(NODE_DIR)/node_modules $(BROWSER_DIR)/node_modules benches/node/node_modules $(NODE_DIR)/passgate.node
	rm -f bindings/python/python/passgate/_passgate*.so
