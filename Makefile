# Everything this project can be told to do. On a fresh machine, Python 3.11+ and make are enough for `run` and `test`.
PYTHON := .venv/bin/python
OURS := eipp workflows messaging documents
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
ON_POSTGRES := $(PYTHON) -m tests.servers.postgres
PYTEST := $(PYTHON) -m pytest -q -n 2
STORIES := tests/simulation/test_simulation.py
.DEFAULT_GOAL := help
.PHONY: help setup run test test-long test-all prove bench check format lock pictures

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## build .venv from the lock files, if they changed
	@bin/setup

run: ## start everything with example companies on http://127.0.0.1:8000
	@bin/setup requirements.lock
	@exec $(PYTHON) -m eipp.up

test: setup ## run the suite on SQLite, without a browser
	$(PYTEST) --dist loadgroup

test-long: setup ## run what takes long on SQLite: every address against strangers, every field, broken input
	$(PYTEST) -m "long and not browser and not postgres and not servers"

test-all: setup ## run the whole suite on PostgreSQL, in a browser too; installs both where it may
	@bin/install-servers
	$(ON_POSTGRES) $(PYTEST) -m ""

prove: setup ## run the whole suite with the full counts; SEED= and COUNT= play only those stories
ifeq ($(SEED)$(COUNT),)
	@bin/install-servers
	EIPP_PROVE=1 $(ON_POSTGRES) $(PYTEST) -m "" --ignore=$(STORIES)
endif
	EIPP_PROVE=1 $(PYTEST) -m "" $(STORIES)

bench: setup ## measure, on PostgreSQL with durable commits; one JSON object a line
	@bin/install-servers
	@$(ON_POSTGRES) --durable $(PYTHON) -m bench

check: setup ## everything that can be judged without running it
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy $(OURS) tests bench manage.py
	.venv/bin/lint-imports
	.venv/bin/djlint --lint --quiet $(OURS)
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py spectacular --validate --fail-on-warn --file .openapi.yaml && cmp .openapi.yaml docs/openapi.yaml
	$(PYTHON) manage.py workflow_diagrams --check

format: setup ## let ruff put the code in form
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

pictures: setup ## take the README's pictures anew, in docs/pictures
	@bin/install-servers
	$(PYTHON) -m tests.journeys.pictures

lock: ## write the lock files anew from requirements*.in (needs uv)
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-dev.in -o requirements-dev.lock
