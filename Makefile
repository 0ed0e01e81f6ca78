# Everything this project can be told to do. On a fresh machine: Python 3.11+ and make are enough for `run` and `test`.
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup lock run test test-all prove bench check format

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## build .venv from the lock files, if they changed
	@bin/setup

run: ## start everything with example companies on http://127.0.0.1:8000
	@bin/setup requirements.lock
	@exec $(PYTHON) -m eipp.up

test: setup ## run the suite on the embedded default (no browser, no PostgreSQL)
	@$(PYTHON) -m pytest -q -n 2

lock: ## write the lock files anew from requirements*.in (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.lock

format: setup ## let ruff and djlint put the code in form
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .
