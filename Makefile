# make demo: try the bot without Discord · make test: all that must pass · make run: for real
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
STAMP := $(VENV)/.installed-$(VERSION)

# Every setting is set (blank: its default), so that a .env with a real token and a real database
# is never read.
BLANK := DISCORD_TOKEN= DATABASE_URL= PORT= DEFAULT_TIMEZONE= DEFAULT_LANGUAGE= HOME_GUILD= \
	LOG_LEVEL= TEST_GUILDS= MIGRATE= DISCORD_API_URL= SHARD_COUNT= SHARD_IDS= FONT_PATH=
DEMO := $(CURDIR)/demo
SPOKEN := $(if $(filter ja%,$(LC_ALL) $(LANG)),ja,en-US)

.PHONY: install demo test lint run bench

install: $(STAMP)

# A .venv of another Python is made anew, so PYTHON=python3.13 make … needs no cleaning up.
$(STAMP): $(wildcard requirements*.txt)
	@test -e $(STAMP) || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(STAMP)

demo: $(STAMP)
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@$(BLANK) DATABASE_URL=sqlite:///$(DEMO)/mokumoku.db STATE_DIRECTORY=$(DEMO) \
		DEFAULT_LANGUAGE=$(SPOKEN) LANG=$(SPOKEN) \
		$(BIN)/python -m devtools.sandbox --tour docs/tour.$(SPOKEN).txt --data $(DEMO) -- $(BIN)/python main.py

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/basedpyright --warnings

test: lint
	@$(BLANK) $(BIN)/python -m pytest -n 2 $(ARGS)

run: $(STAMP)
	@$(BIN)/python main.py

bench: $(STAMP)
	@$(BLANK) $(BIN)/python -m devtools.bench $(ARGS)
