# make run: start the program. make test: every check. Needs Python 3.11 or newer, git and make.
UV_VERSION := 0.13.8
PYTHON ?= python3
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
export UV_PROJECT_ENVIRONMENT := .venv

.DEFAULT_GOAL := help
.PHONY: help run test coverage check format bench chaos eval clean

help: ## Show what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/.uv-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) can't make an environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.run: .venv/.uv-$(UV_VERSION) pyproject.toml uv.lock
	$(BIN)/uv sync --quiet --locked --no-dev --inexact
	@touch $@

.venv/.dev: .venv/.uv-$(UV_VERSION) pyproject.toml uv.lock
	$(BIN)/uv sync --quiet --locked --inexact
	@touch $@ .venv/.run

run: .venv/.run ## Start the program on http://127.0.0.1:$${PORT:-8000}
	@$(BIN)/rejoinder serve

# The browser tests need Chromium: Debian's, installed here where we may (root with apt), else they say why they skip.
.venv/.browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && echo "Installing Chromium for the browser tests ..." \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || true
	@touch $@

# Many tests wait for time-outs, so one more than the cores run at once. Those that start many processes and put them
# under load come after all others, two at a time: each waits half of it.
LOADED := tests/bench tests/crash tests/fleet

test: .venv/.dev .venv/.browser ## Run every check: format, lint, types, import contracts, tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 3 --dist loadfile $(LOADED:%=--ignore=%)
	$(BIN)/pytest -n 2 --dist loadfile $(LOADED)

coverage: .venv/.dev .venv/.browser ## Run the tests and report what they don't reach; details in .coverage-html
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage html --quiet
	$(BIN)/coverage report

check: test ## The same as test

format: .venv/.dev ## Format and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: .venv/.run ## Measure on loopback; writes nothing
	$(BIN)/rejoinder bench

chaos: .venv/.dev ## Kill, stop and restart at random for CHAOS_SECONDS (600), and count what customers read
	@$(BIN)/python -m tests.crash.chaos
	@$(BIN)/pytest -m long

eval: .venv/.run ## Recall of the knowledge base on fixed questions
	$(BIN)/rejoinder eval knowledge

clean: ## Remove what was built (never the data folder)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* .coverage-html
