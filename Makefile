# Set-up and everyday commands. `make help` lists them; each target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE_SDK := sdk/node
NODE_STAMP := $(NODE_SDK)/node_modules/.built
NODE_DEPENDENCIES := $(NODE_SDK)/node_modules/.installed
SHOP := examples/shop
SHOP_STAMP := $(SHOP)/node_modules/.installed
NODE_SOURCES := $(NODE_SDK)/build.mjs $(shell find $(NODE_SDK)/src -type f)
WORKBENCH := workbench
WORKBENCH_STAMP := $(WORKBENCH)/node_modules/.built
WORKBENCH_DEPENDENCIES := $(WORKBENCH)/node_modules/.installed
WORKBENCH_SOURCES := $(WORKBENCH)/vite.config.ts $(WORKBENCH)/index.html \
	$(shell find $(WORKBENCH)/src $(WORKBENCH)/public -type f)
NPM := $(shell command -v npm)
RUBY := $(shell command -v ruby)
JOBS ?= 4
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench crash slow docs pictures clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

BUILT := $(STAMP) $(NODE_STAMP) $(SHOP_STAMP) $(WORKBENCH_STAMP)

setup: $(BUILT) ## Create the virtual environment, install the engine, build the Node SDK and the Workbench
ifndef RUBY
	@echo "Ruby is not installed: steps in Ruby do not run. Get Ruby 3.0 or newer (apt-get/brew install ruby)."
endif

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Motia needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once; about half a minute)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $(STAMP)

ifdef NPM
$(NODE_DEPENDENCIES): $(NODE_SDK)/package-lock.json
	@echo "Installing what the Node SDK is built with (npm ci)…"
	@cd $(NODE_SDK) && npm ci --loglevel=error --no-fund --no-audit
	@touch $(NODE_DEPENDENCIES)

$(NODE_STAMP): $(NODE_DEPENDENCIES) $(NODE_SOURCES)
	@echo "Building the Node SDK (npm run build)…"
	@cd $(NODE_SDK) && npm run --silent build
	@touch $(NODE_STAMP)

$(SHOP_STAMP): $(SHOP)/package-lock.json | $(NODE_STAMP)
	@echo "Installing what the example shop imports (npm ci)…"
	@cd $(SHOP) && npm ci --loglevel=error --no-fund --no-audit
	@touch $(SHOP_STAMP)

$(WORKBENCH_DEPENDENCIES): $(WORKBENCH)/package-lock.json
	@echo "Installing what the Workbench is built with (npm ci)…"
	@cd $(WORKBENCH) && npm ci --silent --no-fund --no-audit
	@touch $(WORKBENCH_DEPENDENCIES)

$(WORKBENCH_STAMP): $(WORKBENCH_DEPENDENCIES) $(WORKBENCH_SOURCES)
	@echo "Building the Workbench (npm run build)…"
	@cd $(WORKBENCH) && npm run --silent build -- --logLevel warn
	@touch $(WORKBENCH_STAMP)
else
.PHONY: $(NODE_STAMP) $(SHOP_STAMP) $(WORKBENCH_STAMP)
$(SHOP_STAMP): $(NODE_STAMP)
$(WORKBENCH_STAMP):
	@echo "npm is not installed, so the Workbench is not built: the engine serves its API and no screens."
$(NODE_STAMP):
	@echo "npm is not installed, so the Node SDK is not built: JavaScript and TypeScript steps do not run."
	@echo "Get Node 20.19 or newer with npm (https://nodejs.org, or apt-get/brew install), then make setup."
endif

demo: setup ## Start the example shop with sample traffic; Ctrl-C stops it
	@$(BIN)/python -m tools.demo

test: setup ## Run all tests
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: $(BUILT) ## Format, lint, types, architecture rules
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/pyrefly check --summary=none
	@$(BIN)/python -m tools.tidy
ifdef NPM
	@cd $(NODE_SDK) && npm run --silent check
	@cd $(SHOP) && npx tsc --noEmit
	@cd $(WORKBENCH) && npm run --silent check
else
	@echo "Skipped: the checks of $(NODE_SDK), $(SHOP) and $(WORKBENCH), for want of npm"
endif
ifdef RUBY
	@find sdk/ruby -name '*.rb' | while read -r file; do \
		said=$$(ruby -wc "$$file" 2>&1); \
		test "$$said" = "Syntax OK" || { echo "$$said"; exit 1; }; done
else
	@echo "Skipped: the checks of sdk/ruby, for want of Ruby"
endif

format: $(BUILT) ## Format the sources and mend what the linters can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .
ifdef NPM
	@cd $(NODE_SDK) && npx biome check --write --log-level=warn .
	@cd $(WORKBENCH) && npx biome check --write --log-level=warn .
endif

docs: $(STAMP) ## Write the generated pages of docs/reference and the API's description again
	@$(BIN)/python -m tools.docs
ifdef NPM
	@$(MAKE) --no-print-directory $(WORKBENCH_DEPENDENCIES)
	@cd $(WORKBENCH) && npm run --silent types
endif

pictures: setup ## Take the pictures of the README and the docs anew; needs Chromium
	@$(BIN)/python -m tools.pictures

bench: $(BUILT) ## Measure against rivals (they get an environment of their own); takes some minutes
	@$(BIN)/python -m benchmarks

crash: $(STAMP) ## Long crash loops, power cuts and simulations; SEED=n makes them repeatable
	@MOTIA_SEED=$(SEED) MOTIA_CUTS=500 MOTIA_SEEDS=200 MOTIA_KILLS=200 \
		$(BIN)/python -m pytest -n $(JOBS) tests/crash --timeout 1800

slow: setup ## The browser tests with late answers and a slow processor; SEED=n makes them repeatable
	@MOTIA_SEED=$(SEED) MOTIA_LATE_MS=600 MOTIA_SLOWNESS=4 $(BIN)/python -m pytest -n 2 tests/browser --timeout 600

clean: ## Remove what the other targets made
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis benchmarks/.rivals
