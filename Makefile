PYTHON ?= python3
WORKERS ?= 2
# Tests in a cluster spend most of their time waiting.
CLUSTER_WORKERS ?= 5
FUZZ_MINUTES ?= 5
FUZZ_SEED ?=
FUZZ_REPEAT ?=
STAGE = ci/tools/stage
DEV = $(shell $(PYTHON) ci/tools/dev.py)
CHARTS = $(patsubst %/Chart.yaml,%,$(sort $(wildcard charts/*/Chart.yaml)))

.PHONY: help lint test test-extended fuzz cluster-test cluster cluster-down tools dev \
	helm-matrix sweep bench docs engine-tables release lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' Makefile

lint: ## lint charts/ with this checkout installed as a Helm plugin
	@$(STAGE) helm ci/tool helm4
	@$(STAGE) "helm llm lint" ci/tools/lint

test: tools dev ## run ruff, mypy and the fast tests that need no cluster
	@failed=0; \
	$(STAGE) "ruff check" "$(DEV)" -m ruff check . || failed=1; \
	$(STAGE) "ruff format" "$(DEV)" -m ruff format --check . || failed=1; \
	$(STAGE) mypy "$(DEV)" -m mypy || failed=1; \
	"$(DEV)" -m pytest -n $(WORKERS) || failed=1; \
	exit $$failed

test-extended: tools dev ## run all tests that need no cluster, slow ones included
	@"$(DEV)" -m pytest -n $(WORKERS) -m "not cluster"

fuzz: tools dev ## lint odd input for FUZZ_MINUTES=5; FUZZ_SEED=N repeats a run
	@"$(DEV)" -m tests.fuzz --workers $(WORKERS) --minutes $(FUZZ_MINUTES) $(if $(FUZZ_SEED),--seed $(FUZZ_SEED)) $(if $(FUZZ_REPEAT),--repeat "$(FUZZ_REPEAT)")

cluster-test: tools dev ## run the cluster tests in a new kind cluster; KEEP=1 keeps it
	@ci/offline/test "$(DEV)" -m pytest -m cluster -n $(CLUSTER_WORKERS) --maxschedchunk=1 --durations=10 $(PYTEST)

cluster: ## start a kind cluster with the test images
	@ci/offline/up

cluster-down: ## delete that cluster and its kubeconfig
	@ci/offline/cluster down

tools: ## build Helm 3, Helm 4 and kubeconform (ci/tools/versions)
	@$(STAGE) "helm 3" ci/tool helm3
	@$(STAGE) "helm 4" ci/tool helm4
	@$(STAGE) kubeconform ci/tool kubeconform

dev:
	@$(STAGE) "development environment" $(PYTHON) ci/tools/dev.py

helm-matrix: tools dev ## test the plugin on the oldest and newest Helm 3 and 4
	@$(STAGE) "oldest helm 3" ci/tool helm3-oldest
	@$(STAGE) "oldest helm 4" ci/tool helm4-oldest
	@HELM_MATRIX=1 "$(DEV)" -m pytest -n $(WORKERS) tests/plugin

sweep: tools dev ## set every key of every chart to odd values (30 minutes)
	@printf '%s\n' $(CHARTS) | PYTHONPATH=. xargs -P $(WORKERS) -n 1 \
		"$(DEV)" ci/sweep/sweep.py --helm "$$(ci/tool helm3)" --helm "$$(ci/tool helm4)"

bench: tools dev ## compare the cost of lint with helm lint and helm template
	@"$(DEV)" benchmarks/run.py --helm "$$(ci/tool helm3)"

docs: tools dev ## write the values tables, rules.md, lint.svg and completion.yaml
	@"$(DEV)" ci/docs/values_table.py $(CHARTS)
	@"$(DEV)" -m helm_llm rules --format markdown > docs/rules.md.new && mv docs/rules.md.new docs/rules.md
	@HELM_BIN="$$(ci/tool helm3)" "$(DEV)" ci/docs/picture.py
	@"$(DEV)" -m helm_llm completion helm > completion.yaml.new && mv completion.yaml.new completion.yaml

engine-tables: dev ## write the flag tables of the vLLM release RELEASE=X.Y.Z
	@"$(DEV)" ci/engines/write_tables.py "$(RELEASE)"

release: ## package the charts into dist/charts, a repository for URL=...
	@$(STAGE) "helm 4" ci/tool helm4
	@$(PYTHON) ci/release/charts.py --url "$(or $(URL),$(error name the address of the chart repository: make release URL=https://...))"

lock: dev ## update requirements.lock to the newest dependencies
	@"$(DEV)" -m uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-annotate --no-header \
		pyproject.toml --output-file requirements.lock

clean: ## remove what tests and tools leave in the checkout
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
