# The two commands of the README, and what they are made of.
.PHONY: run test check setup build bench chaos fuzz clean

run: setup ## everything on an embedded Postgres: sets up, builds release, serves
	swift build -c release --product relay
	.build/release/relay dev

test: setup ## every test in every language
	scripts/test

check: ## formatting, generated code, contract
	scripts/check

bench: setup ## this engine beside raw libpq, in one run
	scripts/bench

chaos: setup ## faults on real gateways under load; docs/reliability.md
	scripts/chaos

fuzz: setup ## what reads strangers' bytes, fed with chance; FUZZ_SECONDS=60
	scripts/fuzz

setup: ## installs what this machine lacks
	scripts/setup

build:
	swift build

clean:
	rm -rf .build .relay
