# The commands of this project. Each announces and installs its tools on its first run; later runs are quick.
#
#   make demo                     verifies tokens of an issuer like AWS STS, in Node and in Cloudflare's workerd
#   make demo TOKEN=<file> JWKS=<file> AUDIENCE=<aud> ISSUER=<iss>
#                                 does the same for a token of your own
#   make test                     runs all tests, in Rust, Node, workerd, Deno, Bun and Chromium
#   make test-all                 runs all tests, cargo-deny, the newest compiler, Miri, and the whole matrix of runtimes and bundlers;
#                                 updates the table in the README
#   make test-all ONLY=<part>     runs only the cells of the matrix whose names contain this part, such as ONLY=Firefox; writes nothing
#   make bench                    compares speed and size with other libraries, in Node 20 to 26, workerd, Deno, Bun and browsers
#                                 (about half an hour)
#   make bench ONLY=<part>        runs only this part: node (or node24, …), workerd, deno, bun, chromium, firefox, requests,
#                                 first-request, cold, issuers, size or executed; writes nothing. ONLY=report only recreates
#                                 the chart and the README's figures from the last results
#   make soak                     sends mixed traffic to workerd for ten minutes, while the issuer rotates its keys and has outages
#   make check                    checks formatting, lints, documentation, packaging and sizes; reports what the first token executes
#   make serve                    serves the debugger page on http://localhost:8377/ (PORT=<n> for another port)
#   make screenshots              takes screenshots of the debugger page in all states, widths and themes, in target/screenshots/,
#                                 and creates the pictures of the README
#   make build                    builds the npm package, in pkg/
#   make clean                    removes everything that was built or installed in this folder

# The target features of [fused] in wasm-pack.toml.
FUSED = $(shell sed -n '/^\[fused\]/,/^\[/s/^target-features = \[\(.*\)\]/\1/p' wasm-pack.toml | \
  sed 's/"\([^"]*\)"/-Ctarget-feature=+\1/g; s/,//g')
RUST_TARGETS = $(shell sed -n 's/^targets = \[\(.*\)\]/\1/p' rust-toolchain.toml | tr -d '",')
TOOLS := tests/js/node_modules/.installed
MATRIX := tests/js/matrix/node_modules/.installed
PEERS := benches/node_modules/.installed

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

# Uses a variable only if it was set on make's command line. A TOKEN in the environment is ignored.
given = $(if $(filter command,$(firstword $(origin $1))),'--$2=$($1)')

demo: build $(TOOLS)
	@node tests/js/support/install.mjs
	@node examples/demo/demo.mjs $(call given,TOKEN,token) $(call given,JWKS,jwks) \
	  $(call given,AUDIENCE,audience) $(call given,ISSUER,issuer)

test: $(TOOLS)
	@node scripts/test.mjs

test-all: $(TOOLS) $(MATRIX)
ifeq ($(filter command,$(firstword $(origin ONLY))),)
	@node scripts/test.mjs --all
else
	@$(MAKE) --no-print-directory build
	@node tests/js/support/install.mjs
	@node --no-warnings tests/js/matrix/run.mjs '$(ONLY)'
endif

# Not part of `make test`, because times are unreliable on a busy machine. Fails if a target of benches/targets.mjs is
# missed.
bench: build $(TOOLS) $(MATRIX) $(PEERS)
	@scripts/browser chromium >/dev/null
	@scripts/browser firefox >/dev/null
	@node tests/js/support/install.mjs
	@node benches/bench.mjs $(if $(filter command,$(firstword $(origin ONLY))),'$(ONLY)')

# Not part of `make test` either. SECONDS=<n> makes it shorter.
soak: build $(TOOLS)
	@node tests/js/support/install.mjs
	@node --no-warnings scripts/soak.mjs

check: build
	js/node_modules/.bin/biome check --error-on-warnings .
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --lib --benches -- -D warnings --cfg internals
	cargo clippy --no-default-features --features npm --target wasm32-unknown-unknown -- -D warnings
	cargo clippy --no-default-features --features npm --target wasm32-unknown-unknown -- -D warnings $(FUSED)
	cargo clippy --package sts-jwt --package sts-jwt-bindings --target wasm32-unknown-unknown -- -D warnings
	cargo fmt --manifest-path examples/rust-host/Cargo.toml --check
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --workspace --document-private-items
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --features npm,wasm --target wasm32-unknown-unknown
	cargo package --quiet --allow-dirty
	node scripts/regexps.mjs
	node scripts/executed-bytes.mjs

serve: build
	@node scripts/serve.mjs

screenshots: build $(TOOLS)
	@scripts/browser chromium >/dev/null
	@node tests/js/support/install.mjs
	@node --no-warnings scripts/screenshots.mjs

build: rust
	@echo 'Building pkg/ (the first time takes some minutes)'
	cargo xtask build

clean:
	cargo clean
	rm -rf js/node_modules tests/js/node_modules tests/js/matrix/node_modules benches/node_modules
	rm -rf js/src/generated
	find pkg -mindepth 1 ! -name .gitignore -delete

# Installs whatever rust-toolchain.toml names and is not installed yet.
rust:
	@command -v rustup >/dev/null || { echo 'Rust is missing: install rustup (https://rustup.rs) and run this again.' >&2; exit 1; }
	@cargo --version >/dev/null || rustup toolchain install
	@rustup --quiet target add $(RUST_TARGETS) && rustup --quiet component add clippy rustfmt

$(TOOLS): tests/js/package.json tests/js/package-lock.json
	@echo 'Installing wrangler, workerd, Deno, Bun, Node 26, Vite and others into tests/js/node_modules (once, 790 MB)'
	npm --prefix tests/js ci --ignore-scripts --loglevel=error
	@touch $@

$(MATRIX): tests/js/matrix/package.json tests/js/matrix/package-lock.json
	@echo 'Installing Node 22 and 24, bundlers, TypeScript 5.0 and others into tests/js/matrix/node_modules (once, 530 MB)'
	npm --prefix tests/js/matrix ci --ignore-scripts --loglevel=error
	@touch $@

$(PEERS): benches/package.json benches/package-lock.json
	@echo 'Installing jose, aws-jwt-verify, fast-jwt, jsonwebtoken and autocannon into benches/node_modules (once, 10 MB)'
	npm --prefix benches ci --ignore-scripts --loglevel=error
	@touch $@

.PHONY: help demo test test-all bench soak check serve screenshots build clean rust
