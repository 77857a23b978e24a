# Every target works alone on a fresh clone. `make help` lists them.
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed
SPARK_INSTALLED := $(VENV)/.installed-spark
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# dbt asks the network for a newer version of itself otherwise.
export DBT_VERSION_CHECK := false

DEMO_CUSTOMERS := 100
DEMO_DAYS := 120
GENERATED := data/raw/_generated.json

.DEFAULT_GOAL := help
.PHONY: help install demo data warehouse reports live dashboard test chromium lint types sql format docs bench realism soak audit spark site clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: data warehouse reports ## From nothing to a warehouse and its reports
	@printf '\nQuery the warehouse:\n  . .venv/bin/activate && duckdb -readonly warehouse/finops.duckdb\n'

test: lint chromium ## From nothing to every check: ruff, mypy, sqlfluff, pytest
	pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# The browser test of the dashboard needs one; it is skipped, and says so, where none can be installed.
chromium:
	@command -v chromium >/dev/null 2>&1 || { \
	  echo "Installing Chromium for the browser test ..."; \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	    && apt-get -qq update && apt-get -qq install -y chromium >/dev/null; } \
	  || echo "CHROMIUM IS MISSING and cannot be installed here: the dashboard is not tested in a browser."; }

install: $(INSTALLED) ## Make the virtual environment from the lock files

# requirements.lock is what users run, requirements-dev.lock what tests and checks need beside it.
$(INSTALLED): requirements.lock requirements-dev.lock
	@echo "Installing the pinned packages into $(VENV) (about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@

data: $(GENERATED) ## Generate the demo data (only when it is absent or its generator changed)

$(GENERATED): $(INSTALLED) $(wildcard generator/*.py generator/*/*.py generator/*/*.csv) dbt_project/seeds/demo_prices.csv dbt_project/seeds/subscription_tiers.csv
	@python -m generator --customers $(DEMO_CUSTOMERS) --days $(DEMO_DAYS) --with-cloud

warehouse: $(INSTALLED) ## Build, test and publish the warehouse
	@echo "Building and testing the warehouse (under a minute) ..."
	@dbt --quiet build --project-dir dbt_project

reports: $(INSTALLED) ## Render the reports from the published warehouse
	@python -m reports_builder

live: $(INSTALLED) ## Rebuild, publish and render whenever data arrives in data/raw; Ctrl-C ends
	@python -m reports_builder watch

dashboard: $(INSTALLED) ## Serve the dashboard at http://localhost:8000
	@python -m reports_builder dashboard

lint: $(INSTALLED) ## Check style and types
	ruff check .
	ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types sql

types: $(INSTALLED)
	mypy

sql: $(INSTALLED)
	sqlfluff lint --processes 0 dbt_project/models dbt_project/data-tests

format: $(INSTALLED) ## Put the code into the house style
	ruff check --fix .
	ruff format .
	sqlfluff fix dbt_project/models dbt_project/data-tests

bench: $(INSTALLED) ## Time generator, build, reports, allocation and seals beside their floors, at 1M and 10M, pages, and 20 readers
	python -m tests.bench.generator_floor
	python -m tests.bench.warehouse_build
	python -m tests.bench.otlp_ingestion
	python -m tests.bench.receiver
	python -m tests.bench.forecast_scores --series 10000
	python -m tests.bench.allocation
	python -m tests.bench.sealing
	python -m tests.bench.dashboard_pages
	python -m tests.bench.dashboard_readers

realism: $(INSTALLED) ## Hold generated traffic against production traces, kind by kind, for three seeds
	@echo "The demo data's traffic, on six models:"
	@python -m generator realism
	@echo "The same on the market of the scenarios, 32 models:"
	@python -m generator realism --scenario base

soak: $(SPARK_INSTALLED) audit ## For hours: 100M calls, companies that are wide in one way, random sequences of builds, kills, full disks, harmed files, refreshes while files arrive, Spark on a cluster, Airflow, Dagster, dbt package, upgrades
	python -m tests.bench.kills --kills 1000 --log logs/kills.jsonl
	python -m tests.bench.disk_full || [ $$? = 3 ]
	python -m tests.fuzz --seconds 1800
	FINOPS_FUZZ_EXAMPLES=2000 pytest tests/fuzz
	-@pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-fuzz.lock
	python -m tests.fuzz.guided --seconds 1800 || [ $$? = 3 ]
	FINOPS_SEQUENCES=200 pytest tests/warehouse/test_any_sequence_of_builds.py
	FINOPS_KILLS=200 pytest tests/receiver
	python -m tests.bench.foreign_exporters
	python -m tests.bench.refresh_beside_follow
	python -m tests.bench.advice_on_other_seeds
	python -m tests.bench.retention
	python -m tests.bench.warehouse_build --customers 16000
	python -m tests.bench.wide_company
	python -m tests.bench.tampering
	python -m tests.spark.sequences
	python -m tests.spark --cluster
	python -m tests.bench.schedulers
	python -m tests.bench.dbt_package
	python -m tests.bench.upgrades

# In an environment of its own: nothing that runs needs it. Ruff holds the rules that are skipped, with the
# reason at each place; the secrets left out are words that stand for one, and names of tests that look like one.
audit: requirements-audit.lock ## Look for weak code, secrets and known weaknesses (ADVISORIES=folder), and write the bill of materials, logs/sbom.cdx.json
	@$(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-audit.lock
	.venv-audit/bin/bandit --quiet --recursive --severity-level medium --skip B608,B701,B704 finops generator reports_builder dbt_project docs_site
	git ls-files -z | xargs -0 .venv-audit/bin/detect-secrets-hook --disable-plugin HexHighEntropyString --disable-plugin Base64HighEntropyString \
	  --exclude-files '^tests/' --exclude-secrets '^password$$' --exclude-lines 'kubectl create secret|FINOPS_SMTP_PASSWORD|name: "?test_[a-z0-9_]+"?$$'
	.venv-audit/bin/python .ci/advisories.py "$(ADVISORIES)" requirements.lock requirements-dev.lock requirements-spark.lock || [ $$? = 3 ]
	@mkdir -p logs
	.venv-audit/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file logs/sbom.cdx.json

# Spark is half a gigabyte, so that only who asks for it gets it.
$(SPARK_INSTALLED): $(INSTALLED) requirements-spark.lock
	@echo "Installing Spark into $(VENV) ..."
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock
	@touch $@

spark: $(SPARK_INSTALLED) ## Build a small company on Spark and on DuckDB, and compare every mart and page (needs Java 17)
	python -m tests.spark

docs: $(INSTALLED) ## The data dictionary, as dbt docs in dbt_project/target/static_index.html
	dbt docs generate --static --project-dir dbt_project

# In an environment of its own: nothing that runs needs it.
site: requirements-site.lock ## The documentation with the data dictionary, as a site in site/index.html
	@$(PYTHON) -m venv .venv-site
	@.venv-site/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-site.lock
	@NO_MKDOCS_2_WARNING=1 .venv-site/bin/mkdocs build --quiet --strict

clean: ## Remove generated data and what was built; your own data, alerts and environment stay
	@if [ -e $(GENERATED) ]; then \
	  find data/raw/calls \( -name part-0.parquet -o -name 'follow-*.parquet' \) -delete; \
	  find data/raw/calls -type d -empty -delete; \
	  find data/raw -name 'generated-*.csv.gz' -delete; \
	  rm -rf data/raw/truth data/raw/customers.parquet data/raw/_follow.json data/raw/_generator.lock $(GENERATED); \
	fi
	@rm -rf warehouse/build warehouse/finops.duckdb warehouse/refresh.json warehouse/watch.lock
	@rm -rf reports logs site dbt_project/target dbt_project/logs
