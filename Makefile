# Every command works from a fresh clone: each sets up what it needs in .venv, nothing elsewhere.
PYTHON ?= python3
BIN := .venv/bin

# Whatever the shell says: without kept byte code every server that a test starts compiles all of ours again,
# which takes longer than all else it does.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: chaos network simulate debian-packages fuzz-api newest-clients help setup dev demo demo-stop run test check fmt fmt-check lint types imports unit artwork lock dist clean \
	test-clients bench-api bench-delivery bench-downloads bench-growth bench-start bench-watch test-reconnecting bench-animatic bench-fleet bench-gpu models-dev test-models

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' Makefile | column -t -s '|'

setup: .venv/ready ## Make .venv with Matinee in it; the command is .venv/bin/matinee

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch .venv/ready

dev: .venv/ready-dev ## Add the tools for tests and checks to .venv

.venv/ready-dev: .venv/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch .venv/ready-dev

demo: setup ## Serve, make one film through the API, print where it is
	$(BIN)/python tools/demo.py

demo-stop: setup ## Stop the server that the demo left running
	$(BIN)/python tools/demo.py --stop

run: setup ## Serve in the foreground on a folder of its own
	$(BIN)/matinee serve --data demo/data

test: check ## Run every check and every test (what CI runs)

check: fmt-check lint types imports unit test-models

fmt: dev ## Format the code
	$(BIN)/ruff format src tests tools bench
	$(BIN)/ruff check --fix src tests tools bench

fmt-check: dev
	$(BIN)/ruff format --check --quiet src tests tools bench

lint: dev
	$(BIN)/ruff check --quiet src tests tools bench

types: dev
	$(BIN)/mypy

imports: dev
	$(BIN)/lint-imports

unit: dev debian-packages newest-clients ## Run the tests alone; ARGS="-k name" picks some
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal $(ARGS)

debian-packages:
	@sh tools/debian_packages.sh

fuzz-api: dev ## Send thousands of right and wrong requests (Schemathesis); N=50000 for more than 5,000
	$(BIN)/python -m tests.contract.openapi.fuzzing $(or $(N),5000)

chaos: dev ## Kill, freeze and starve real processes under load; KILLS=2000, ARGS="--only shared"
	$(BIN)/python -m tests.chaos --kills $(or $(KILLS),200) $(ARGS)

simulate: dev ## Play many worlds in which all goes wrong; SEEDS=100000, ARGS="--seed 7" tells one of them in full
	$(BIN)/python -m tests.simulation $(or $(SEEDS),10000) $(ARGS)

network: dev debian-packages ## Cut links and kill hosts between servers, workers, database and object store; needs root
	$(BIN)/python -m tests.network $(ARGS)

newest-clients: dev
	@if command -v npm >/dev/null; then $(BIN)/python -m tools.clients --make --newest; \
	else echo "npm is not here: the clients for Node are not driven"; fi

test-clients: dev ## Drive released clients against real servers; ONLY=openai-python picks some
	$(BIN)/python -m tools.clients --only $(ONLY)

# A plain pin, and in no lock: which build of torch fits (CPU, CUDA) is the machine's affair.
TORCH := torch==2.13.0

models-dev: .venv-models/ready ## Make .venv-models: what dev has, torch and the extra [diffusers]

.venv-models/ready: requirements-dev.lock requirements-diffusers.lock pyproject.toml
	$(PYTHON) -m venv .venv-models
	.venv-models/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes \
		-r requirements-dev.lock -r requirements-diffusers.lock
	.venv-models/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(TORCH)
	.venv-models/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	.venv-models/bin/python -m pip check
	@# Byte code, once, for what is used: all of it takes half a minute, none slows every process by five seconds.
	PYTHONDONTWRITEBYTECODE= .venv-models/bin/python -c "import peft; from diffusers import WanPipeline, LTX2Pipeline" 2>&1
	touch .venv-models/ready

test-models: models-dev ## Test what needs torch, on tiny models; ARGS="-k name" picks some
	.venv-models/bin/python -m pytest --numprocesses logical --maxprocesses 2 --dist loadfile tests/models $(ARGS)

artwork: dev ## Rasterise the drawings in artwork/ again (tools/build_artwork.py says how)
	$(BIN)/python -m tools.build_artwork --help

lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml --extra scale --group build --group dev -o requirements-dev.lock
	echo torch | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml --extra diffusers --excludes - --constraints requirements-dev.lock -o requirements-diffusers.lock

dist: setup ## Build the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

bench-api: dev ## Measure reads and accepted videos with wrk, LiteLLM beside us; ARGS="--backlog 100000" and others
	$(BIN)/python -m bench.api $(ARGS)

bench-growth: dev ## Measure the store at 1,000 and at 1,000,000 videos; ARGS="--postgres" takes PostgreSQL
	$(BIN)/python -m bench.growth $(ARGS)

bench-delivery: dev ## Measure pick-up and announcements on PostgreSQL
	$(BIN)/python bench/delivery.py $(ARGS)

bench-start: dev ## Measure start-up time and idle memory
	$(BIN)/python bench/start.py

bench-downloads: dev ## Measure how fast films leave the server; ARGS="--store" keeps them on an object store
	$(BIN)/python bench/downloads.py $(ARGS)

bench-watch: dev ## Measure watchers at one event a second each; ARGS="19500" is how many
	$(BIN)/python bench/watch.py $(ARGS)

test-reconnecting: dev ## Cut the streams of 10,000 watchers until each has seen the end
	$(BIN)/python -m tests.integration.web.reconnecting $(ARGS)

bench-animatic: dev ## Measure seconds of film per second
	$(BIN)/python bench/animatic.py

bench-fleet: dev ## Simulate fleets of GPUs and compare docs/scale.md; ARGS="model --gpu-s 95" says what you need
	$(BIN)/python -m bench.fleet $(or $(ARGS),page --check)

bench-gpu: models-dev ## Measure local models on a GPU; ARGS="--tiny" is a dry run without one
	.venv-models/bin/python -m bench.gpu $(ARGS)

clean: ## Remove what was built
	rm -rf .venv .venv-models .clients dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
