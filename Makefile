# M4SD Graph. `make serve` and `make test` do all the set-up; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE ?= .m4sd
PORT ?= 8000
READY := $(VENV)/ready
READY_DEV := $(VENV)/ready-dev

# Without compiled modules, every process that a test or the service starts would compile them again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help serve build test quick check format bench w3c shacl validation broken attack kills durable races drafts publish derive pages crawl xss search fuzz compare bundle lock clean java nginx chromium

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

serve: $(READY) ## build the graph if needed and serve it on http://127.0.0.1:8000/
	$(BIN)/m4sd serve --store $(STORE) --port $(PORT)

build: $(READY) ## build the graph afresh from the records
	$(BIN)/m4sd build --store $(STORE)

test: $(READY_DEV) java nginx chromium ## run every test
	$(BIN)/pytest -n auto --dist worksteal

quick: $(READY_DEV) ## format, lint, types and the fast tests, within two minutes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m ontology.tidy --check $$(find ontology shapes graph -name '*.ttl')
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist worksteal -m 'not slow'

check: quick test ## all that CI runs: quick, every test, the ontology, the wheel
	$(BIN)/m4sd check
	$(BIN)/python -m build --no-isolation --outdir dist
	$(PYTHON) -m venv $(VENV)/wheel && $(VENV)/wheel/bin/pip install --quiet --require-hashes -r requirements.lock
	$(VENV)/wheel/bin/pip install --quiet --no-deps --force-reinstall dist/*.whl
	cd /tmp && $(CURDIR)/$(VENV)/wheel/bin/m4sd build --store $(CURDIR)/$(VENV)/wheel-store

format: $(READY_DEV) ## write Python and Turtle in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m ontology.tidy $$(find ontology shapes graph -name '*.ttl')

bench: $(READY_DEV) ## measure the build and the queries; results in bench/results/
	$(BIN)/python -m bench.build

w3c: $(READY_DEV) ## the W3C suites through HTTP (needs shared/w3c beside the project)
	$(BIN)/python -m bench.w3c

shacl: $(READY_DEV) ## the W3C's SHACL suite, by each way to a report (needs shared/w3c beside the project)
	$(BIN)/python -m bench.shacl_w3c

validation: $(READY_DEV) ## SHACL on 100,000 and 1,000,000 triples, beside other engines, those that are installed
	$(BIN)/python -m bench.validation

broken: $(READY_DEV) ## 10,000 broken record files through the validator
	$(BIN)/python -m bench.broken

attack: $(READY_DEV) ## 40 cheap clients beside 10 hostile ones, ten minutes
	$(BIN)/python -m bench.attack --seconds 600

kills: $(READY_DEV) ## 500 workers killed under load
	$(BIN)/python -m bench.kills --kills 500

durable: $(READY_DEV) ## 1,000 kills of the writer, 200 damages, 20 full disks, a million quads restored
	$(BIN)/python -m bench.durable kills
	$(BIN)/python -m bench.durable damage
	$(BIN)/python -m bench.durable full
	$(BIN)/python -m bench.durable restore

races: $(READY_DEV) ## 10,000 racing decisions by 8 clients while the writer is killed
	$(BIN)/python -m bench.races

drafts: $(READY_DEV) ## 10,000 generated queries while drafts wait, of which none may see one
	$(BIN)/python -m bench.drafts

publish: $(READY_DEV) ## from a decision to what everyone sees, beside a million triples
	$(BIN)/python -m bench.publish

derive: $(READY_DEV) ## what a change costs that reaches little, beside a million triples
	$(BIN)/python -m bench.derive

pages: $(READY_DEV) chromium ## every page in a real browser, both languages, light and dark; how quickly each comes
	$(BIN)/python -m bench.sights -n auto
	$(BIN)/python -m bench.pagespeed
	$(BIN)/python -m bench.entities

crawl: $(READY_DEV) ## every link of every page, in both languages, for anybody and for an administrator
	$(BIN)/python -m bench.crawl

xss: $(READY_DEV) chromium ## 200 attacks in every field of a record and in every parameter, on every page
	$(BIN)/python -m bench.xss

search: $(READY_DEV) ## search among 100,000 labels
	$(BIN)/python -m bench.search

fuzz: $(READY_DEV) ## 100,000 mutated requests
	$(BIN)/python -m bench.fuzz --requests 100000

compare: $(READY_DEV) ## side by side with other engines, those that are installed
	$(BIN)/python -m bench.compare

bundle: ## build what the browser gets (frontend/ -> server/static/), which needs Node
	$(call need,npm,npm)
	cd frontend && npm ci --ignore-scripts && node build.mjs

lock: $(READY_DEV) ## choose the versions of all dependencies afresh
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock

clean: ## remove what the other targets made
	rm -rf $(VENV) $(STORE) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# What the system lacks comes from apt, where we may use it; else we say what to install.
define need
	@PATH="$$PATH:/usr/sbin:/sbin" command -v $(1) >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing $(2) (for $(1))"; apt-get update -qq && apt-get install -y -qq --no-install-recommends $(2) >/dev/null; \
	  else echo "This needs $(1). On Debian: sudo apt-get install $(2)" >&2; exit 3; fi; }
endef

java:
	$(call need,java,default-jre-headless)

nginx:
	$(call need,nginx,nginx-light)

chromium:
	$(call need,chromium,chromium)

$(VENV)/bin/python:
	$(call need,$(PYTHON),python3 python3-venv)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed." >&2; exit 3; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
	  else echo "This needs venv. On Debian: sudo apt-get install python3-venv" >&2; exit 3; fi; }
	$(PYTHON) -m venv $(VENV)

$(READY): $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "Installing the dependencies into $(VENV)"
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(READY_DEV): $(READY) requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@
