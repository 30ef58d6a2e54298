PYTHON ?= python3
WORKERS ?= 2
# Tests in a cluster wait more than they work.
CLUSTER_WORKERS ?= 5
FUZZ_MINUTES ?= 5
FUZZ_SEED ?=
FUZZ_REPEAT ?=
STAGE = ci/tools/stage
DEV = $(shell $(PYTHON) ci/tools/dev.py)
CHARTS = $(patsubst %/Chart.yaml,%,$(sort $(wildcard charts/*/Chart.yaml)))

.PHONY: help lint test test-extended fuzz cluster-test cluster cluster-down tools helm-matrix sweep bench docs release lock clean dev

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' Makefile

lint: ## this checkout as a Helm plugin lints every chart: its defaults and each ci/*-values.yaml
	@$(STAGE) helm ci/tool helm4
	@$(STAGE) "helm llm lint" ci/tools/lint

test: tools dev ## everything that needs no cluster: ruff, mypy, pytest
	@failed=0; \
	$(STAGE) "ruff check" "$(DEV)" -m ruff check . || failed=1; \
	$(STAGE) "ruff format" "$(DEV)" -m ruff format --check . || failed=1; \
	$(STAGE) mypy "$(DEV)" -m mypy || failed=1; \
	"$(DEV)" -m pytest -n $(WORKERS) || failed=1; \
	exit $$failed

test-extended: tools dev ## the slow tests too, still without a cluster
	@"$(DEV)" -m pytest -n $(WORKERS) -m "not cluster"

fuzz: tools dev ## five minutes of odd input for lint; FUZZ_MINUTES=60 for longer, FUZZ_SEED=N for the same again
	@"$(DEV)" -m tests.fuzz --workers $(WORKERS) --minutes $(FUZZ_MINUTES) $(if $(FUZZ_SEED),--seed $(FUZZ_SEED)) $(if $(FUZZ_REPEAT),--repeat "$(FUZZ_REPEAT)")

cluster-test: tools dev ## the tests that need a cluster, with one brought up for them; KEEP=1 leaves it there
	@ci/offline/test "$(DEV)" -m pytest -m cluster -n $(CLUSTER_WORKERS) --maxschedchunk=1 --durations=10 $(PYTEST)

cluster: ## a kind cluster with the images of the tests, to work with
	@ci/offline/up

cluster-down: ## delete it, with its kubeconfig
	@ci/offline/cluster down

tools: ## Helm 3, Helm 4 and kubeconform at the versions in ci/tools/versions
	@$(STAGE) "helm 3" ci/tool helm3
	@$(STAGE) "helm 4" ci/tool helm4
	@$(STAGE) kubeconform ci/tool kubeconform

dev:
	@$(STAGE) "development environment" $(PYTHON) ci/tools/dev.py

helm-matrix: tools dev ## the plugin on the oldest and the newest supported Helm of both majors
	@$(STAGE) "oldest helm 3" ci/tool helm3-oldest
	@$(STAGE) "oldest helm 4" ci/tool helm4-oldest
	@HELM_MATRIX=1 "$(DEV)" -m pytest -n $(WORKERS) tests/plugin

sweep: tools dev ## every key of every chart set to odd values, on both Helms: half an hour
	@printf '%s\n' $(CHARTS) | PYTHONPATH=. xargs -P $(WORKERS) -n 1 \
		"$(DEV)" ci/sweep/sweep.py --helm "$$(ci/tool helm3)" --helm "$$(ci/tool helm4)"

bench: tools dev ## our cost beside bare helm, against the targets
	@"$(DEV)" benchmarks/run.py --helm "$$(ci/tool helm3)"

docs: tools dev ## the values tables of the charts, docs/rules.md, docs/lint.svg and completion.yaml, from their sources
	@"$(DEV)" ci/docs/values_table.py $(CHARTS)
	@"$(DEV)" -m helm_llm rules --format markdown > docs/rules.md.new && mv docs/rules.md.new docs/rules.md
	@HELM_BIN="$$(ci/tool helm3)" "$(DEV)" ci/docs/picture.py
	@"$(DEV)" -m helm_llm completion helm > completion.yaml.new && mv completion.yaml.new completion.yaml

release: ## the charts as a repository in dist/charts, to be served at URL=...; what is released there already stays
	@$(STAGE) "helm 4" ci/tool helm4
	@$(PYTHON) ci/release/charts.py --url "$(or $(URL),$(error say where it will be served: make release URL=https://...))"

lock: dev ## newest versions of the runtime dependencies, pinned for every Python and platform
	@"$(DEV)" -m uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-annotate --no-header \
		pyproject.toml --output-file requirements.lock

clean: ## what tests and tools leave in the checkout; the caches outside of it stay
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
