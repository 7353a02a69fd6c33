# Two commands from a clean clone: `make run`, `make test`. Both make .venv first; nothing outside the checkout changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TRAIN := .cache/train
SITE := .cache/site
RELEASE := .cache/release
MUTATE := .cache/mutate
ESLINT := .cache/eslint/node_modules/.bin/eslint
# What pip and npm fetch is kept in the checkout, too: tests make other people's environments.
export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export npm_config_cache ?= $(CURDIR)/.cache/npm
# pip's progress bar needs a terminal; its log says at least that something happens, and what.
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help run test test-heavy check bench fuzz mutate races storm chaos soak portal-kills schemas declarations docs-commands docs-script-api api-table fuzz-commands fuzz-player-client fuzz-plugins test-land test-game dashboard-places dashboard-pictures training-samples train-example site release lock third-party clean

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.installed ## Run the daemon on the embedded world, in the foreground, until Ctrl-C
	@$(BIN)/timmy-actors run

test: $(VENV)/.installed-dev ## Run every test but those in tests/heavy, in WORKERS=3 processes
	$(BIN)/python -m pytest --numprocesses $(or $(WORKERS),3) --dist loadfile

test-heavy: $(VENV)/.installed-dev ## Run the tests in tests/heavy, which install programs of other projects or take minutes; TESTS=a file of it
	$(BIN)/python -m pytest $(or $(TESTS),tests/heavy)

check: $(VENV)/.installed-dev $(ESLINT) ## ruff, mypy --strict, import-linter, luacheck, eslint, shellcheck, yamllint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@command -v luacheck >/dev/null || { echo "luacheck is missing: apt install lua-check" >&2; exit 1; }
	luacheck --quiet lua tests/lua
	$(ESLINT) --max-warnings 0 timmy_actors/serving/http/static tests/serving
	@for tool in shellcheck yamllint; do command -v $$tool >/dev/null || { echo "$$tool is missing: apt install $$tool" >&2; exit 1; }; done
	shellcheck docker/*.sh findings/*.sh .ci/run
	yamllint --strict docker tasks training

bench: $(VENV)/.installed-bench ## Measure the numbers to hold, each against its yardstick in the same run; `make bench cli`: one room; BESIDE=../other: compared with that checkout's
	$(BIN)/python -m $(if $(BESIDE),benchmarks.beside --rounds $(or $(ROUNDS),5) $(BESIDE),benchmarks) $(ROOMS)

# What stands behind `bench` names rooms, not targets.
ifeq ($(firstword $(MAKECMDGOALS)),bench)
ROOMS := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(ROOMS)
$(ROOMS): ; @:
endif

fuzz: $(VENV)/.installed-dev ## Throw STREAMS=100000 random and mutated byte streams at the Lua listener
	$(BIN)/python -m tests.fuzz.listener_fuzz $(or $(STREAMS),100000)

fuzz-commands: $(VENV)/.installed-dev ## Give COMMANDS=100000 random commands to the embedded world, SEED=n as before
	$(BIN)/python -m tests.fuzz.command_fuzz $(or $(COMMANDS),100000) --seed $(or $(SEED),1)

fuzz-plugins: $(VENV)/.installed-dev ## Read MUTATIONS=1000000 mutated plugins into the index of game data, SEED=n as before
	$(BIN)/python -m tests.fuzz.plugin_fuzz $(or $(MUTATIONS),1000000) --seed $(or $(SEED),1)

fuzz-player-client: $(VENV)/.installed-dev ## Give DATAGRAMS=1000000 mutated datagrams to a player client, SEED=n as before
	$(BIN)/python -m tests.fuzz.datagram_fuzz $(or $(DATAGRAMS),1000000) --seed $(or $(SEED),1)

mutate: $(MUTATE)/.installed-mutate ## Try SAMPLE=100 random changes of the code of ROOM=journal, and list those that its tests do not notice; SEED=n as before, MINUTES=60 at most
	nice -n 15 $(MUTATE)/bin/python -m tools.mutation_score $(or $(ROOM),journal) --sample $(or $(SAMPLE),100) \
	  --seed $(or $(SEED),1) --minutes $(or $(MINUTES),60) $(if $(FILES),--files "$(FILES)") $(if $(TESTS),--tests "$(TESTS)")

races: $(VENV)/.installed-dev ## Race 10^6 asks with 10^4 stops, threads switched every 10 us
	TIMMY_RACES=full $(BIN)/python -m pytest tests/supervision/test_races.py --capture=no

storm: $(VENV)/.installed-dev ## Crash a tree of 434 actors FAILURES=20000 times at random, SEED=n as before
	TIMMY_STORM_SEED=$(or $(SEED),0) TIMMY_STORM_FAILURES=$(or $(FAILURES),20000) \
	  $(BIN)/python -m pytest tests/supervision/test_storm.py --capture=no

chaos: $(VENV)/.installed-dev ## Give COMMANDS=10000 through FAULTS=1000 kills, freezes, cuts and worse, and compare the books
	$(BIN)/python -m tests.chaos --commands $(or $(COMMANDS),10000) --faults $(or $(FAULTS),1000) --seed $(or $(SEED),0)

soak: $(VENV)/.installed-dev ## Load a daemon for MINUTES=10 and draw its memory, threads, descriptors and journal: PICTURE=soak.svg
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),10) --picture $(or $(PICTURE),soak.svg)

portal-kills: $(VENV)/.installed-dev ## Kill or freeze the desktop server KILLS=100 times during looks and actions, SEED=n as before
	TIMMY_PORTAL_KILLS=$(or $(KILLS),100) $(if $(SEED),TIMMY_PORTAL_SEED=$(SEED)) \
	  $(BIN)/python -m pytest tests/portals/test_bundled.py --capture=no

schemas: $(VENV)/.installed-dev ## Write docs/protocol/schema, and the schemas in config, tasks and training, from the models
	$(BIN)/python -m tools.schemas docs/protocol/schema
	$(BIN)/python -m tools.portal_schema config/portals.schema.json
	$(BIN)/python -m tools.task_schema tasks/schema.json
	$(BIN)/python -m tools.training_schemas training/schema

training-samples: $(VENV)/.installed-dev ## Write the samples of training data from the embedded world's drawn maps
	$(BIN)/python -m tools.training_samples training/samples

declarations: $(VENV)/.installed-dev ## Write the bridge's declarations of the wire from the models
	$(BIN)/python -m tools.declarations lua/timmy/wire/declarations.lua

docs-commands: $(VENV)/.installed-dev ## Write docs/commands.md, trying every command out
	$(BIN)/python -m tools.command_docs docs/commands.md

docs-script-api: $(VENV)/.installed-dev ## Write docs/script-api.md: what must hold before each call of the script API
	$(BIN)/python -m tools.api_docs docs/script-api.md

api-table: $(VENV)/.installed-dev ## Write the table of the script API for the bridge
	$(BIN)/python -m tools.api_table lua/timmy/raw/table.lua

test-land: $(VENV)/.installed-dev ## Write FILE=.cache/test-land.omwaddon, a plugin that describes the simulator's world
	@mkdir -p .cache
	$(BIN)/python -m tools.test_land $(or $(FILE),.cache/test-land.omwaddon)

test-game: $(VENV)/.installed-dev ## Write FOLDER=.cache/test-game, the test land as a game that OpenMW starts without game data
	$(BIN)/python -m tools.test_game $(or $(FOLDER),.cache/test-game)

dashboard-places: $(VENV)/.installed-dev ## Write the dashboard's list of places from the bridge's
	$(BIN)/python -m tools.dashboard_places timmy_actors/serving/http/static/places.js

dashboard-pictures: $(VENV)/.installed-dev ## Take the pictures of the dashboard in docs/images, with Chromium, Xvfb and openbox
	$(BIN)/python -m tools.dashboard_pictures docs/images

train-example: $(TRAIN)/.installed-train ## Train a small agent for STEPS=10000 steps and draw its learning curve in docs/images
	nice -n 5 $(TRAIN)/bin/python examples/train_reach.py --steps $(or $(STEPS),10000)

site: $(SITE)/.installed-site $(SITE)/static/mermaid.min.js ## Build the documentation site in .cache/site/html, and check its links
	rm -rf $(SITE)/html
	PYTHONPATH=. $(SITE)/bin/python -m sphinx --fail-on-warning --keep-going -b html -d $(SITE)/doctrees docs $(SITE)/html
	$(SITE)/bin/python -m tools.site_links $(SITE)/html

release: $(RELEASE)/.installed-release ## Build wheel and sdist in dist/, check both, list in an SBOM what the wheel installs, and write the tag's notes
	rm -rf dist build $(RELEASE)/wheel
	$(RELEASE)/bin/python -m build --outdir dist
	$(RELEASE)/bin/python -m twine check --strict dist/*
	$(RELEASE)/bin/check-wheel-contents dist/*.whl
	$(PYTHON) -m venv $(RELEASE)/wheel
	$(RELEASE)/wheel/bin/python -m pip --disable-pip-version-check --quiet install "$$(echo dist/*.whl)[all]"
	$(RELEASE)/bin/cyclonedx-py environment --output-reproducible --output-file dist/sbom.cdx.json $(RELEASE)/wheel/bin/python
	$(RELEASE)/wheel/bin/python -m tools.release_notes > dist/notes.md

lock: $(RELEASE)/.installed-release ## Write docker/requirements.lock: the image's packages with their hashes
	$(RELEASE)/bin/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
	  --no-emit-options --no-annotate --extra embedded --extra http --output-file docker/requirements.lock setup.cfg

third-party: $(VENV)/.installed-dev ## Write THIRD-PARTY.md: what an installation brings, and the licences
	$(BIN)/python -m tools.third_party THIRD-PARTY.md

clean: ## Remove what the others made
	rm -rf $(VENV) .cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis captures soak.svg

$(ESLINT):
	@command -v npm >/dev/null || { echo "npm is missing: apt install nodejs npm" >&2; exit 1; }
	@npm install --silent --no-audit --no-fund --prefix .cache/eslint eslint@9.39.1

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "there is no $(PYTHON) here: try make PYTHON=python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) --version 2>&1): try make PYTHON=python3.12" >&2; exit 1; }
	@echo "making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "python's venv module does not work here; on Debian: apt install python3-venv" >&2; exit 1; }

$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing (once; a minute or less) ..."
	@$(PIP) install --editable '.[all]'
	@touch $@

$(VENV)/.installed-dev: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing with what the tests need (once; a minute or less) ..."
	@$(PIP) install --editable '.[all,dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing with what the benchmarks compare with (once; a minute or less) ..."
	@$(PIP) install --editable '.[all,bench]'
	@touch $@ $(VENV)/.installed

$(TRAIN)/.installed-train: setup.cfg pyproject.toml
	@$(MAKE) --silent VENV=$(TRAIN) $(TRAIN)/bin/python
	@echo "installing what the training needs (once; some minutes) ..."
	@$(TRAIN)/bin/python -m pip --disable-pip-version-check install --editable '.[train]'
	@touch $@

$(MUTATE)/.installed-mutate: setup.cfg pyproject.toml
	@$(MAKE) --silent VENV=$(MUTATE) $(MUTATE)/bin/python
	@echo "installing what mutation testing needs (once; a minute or less) ..."
	@$(MUTATE)/bin/python -m pip --disable-pip-version-check install --editable '.[mutate]'
	@touch $@

$(SITE)/.installed-site: setup.cfg pyproject.toml
	@$(MAKE) --silent VENV=$(SITE) $(SITE)/bin/python
	@echo "installing what the site needs (once; a minute or less) ..."
	@$(SITE)/bin/python -m pip --disable-pip-version-check install --editable '.[all,site]'
	@touch $@

$(RELEASE)/.installed-release: setup.cfg
	@$(MAKE) --silent VENV=$(RELEASE) $(RELEASE)/bin/python
	@$(RELEASE)/bin/python -m pip --disable-pip-version-check --quiet install 'build>=1.2' 'twine>=7' 'check-wheel-contents>=0.6' \
	  'cyclonedx-bom>=7' 'pip-tools>=7.6'
	@touch $@

# What draws the diagrams in a reader's browser.
$(SITE)/static/mermaid.min.js:
	@command -v npm >/dev/null || { echo "npm is missing: apt install nodejs npm" >&2; exit 1; }
	@npm install --silent --no-audit --no-fund --prefix $(SITE) mermaid@11.12.1
	@mkdir -p $(@D)
	@cp $(SITE)/node_modules/mermaid/dist/mermaid.min.js $@
