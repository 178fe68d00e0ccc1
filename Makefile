# The only commands one needs. `make demo` shows it, `make test` proves it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export UV_PYTHON_DOWNLOADS := never
export PATH := $(CURDIR)/.tools/uv/bin:$(CURDIR)/.tools/node/bin:$(PATH)
RUN := cd backend && uv run --no-sync

.PHONY: help setup setup-dev uv node frontend demo dev test test-frontend test-browser e2e screenshots lint types check bench migrate openapi services test-mysql

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

uv: ## Install uv when it is missing
	@command -v uv >/dev/null || backend/tests/install-uv.sh

setup: uv ## Install what running needs, at the locked versions
	@cd backend && uv sync --quiet --frozen --inexact --no-dev
	@backend/native/build.sh || echo "Rows will be typed in Python: right, but slowly."

setup-dev: uv ## Install what developing needs as well
	@cd backend && uv sync --quiet --frozen --all-groups
	@backend/native/build.sh

node:
	@frontend/scripts/install-node.sh

frontend/node_modules: frontend/package-lock.json | node
	@cd frontend && npm ci --no-fund --no-audit --loglevel=error && touch node_modules

frontend: frontend/node_modules ## Build the interface
	@cd frontend && npm run --silent build -- --logLevel warn && npm run --silent size

demo: setup frontend ## Copy an emulated portal into a real PostgreSQL, then open it in a browser
	@$(RUN) bridge24 demo

dev: setup-dev ## Run the API, reloading on changes
	@$(RUN) uvicorn bridge24.main:app --reload

services: ## Install the database servers and the browser the tests need (root only)
	@backend/tests/install-services.sh

test: setup-dev services check ## Everything CI does
	@$(RUN) pytest -n 3 --dist worksteal
	@$(MAKE) --no-print-directory test-frontend e2e

test-frontend: setup-dev frontend/node_modules ## The interface alone: style, types, units, size
	@cd frontend && npm run --silent check

# On the interface as it was built last.
e2e:
	@cd frontend && npm run --silent e2e

test-browser: setup-dev frontend services e2e ## The interface in Chromium against the real server: journeys, accessibility

screenshots: setup-dev frontend services ## Picture every screen, in both languages and themes, into frontend/screenshots
	@cd frontend && npm run --silent screenshots

check: lint types ## Style, strict types and import contracts

lint:
	@$(RUN) ruff check . && uv run --no-sync ruff format --check --quiet . && uv run --no-sync lint-imports --no-cache

types:
	@$(RUN) mypy

bench: setup-dev ## Measure: NAME=extract for one, QUICK=1 for a tenth of the size
	@backend/tests/install-services.sh --rivals
	@$(RUN) python -m bench $(if $(NAME),--name $(NAME)) $(if $(QUICK),--quick)

migrate: setup ## Bring the tables of DATABASE_URL up to date
	@$(RUN) bridge24 db upgrade

openapi: setup-dev ## Write docs/openapi.json anew
	@$(RUN) python -m bridge24.api > ../docs/openapi.json

test-mysql: setup-dev ## Run the MySQL tests against a genuine MySQL server (root only)
	@backend/tests/install-mysql.sh .tools/mysql
	@$(RUN) env TEST_MYSQL_BASEDIR=$(CURDIR)/.tools/mysql pytest -m mysql
