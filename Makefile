# make demo: try the bot without Discord · make test: all that must pass · make run: for real
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# One stamp for each set of packages: what runs, what the demo needs, what developers need.
STAMP := $(VENV)/.installed-$(VERSION)
RUN := $(STAMP)-pictures
DEMO_SET := $(STAMP)-demo
DEV := $(STAMP)-dev
# MB of .venv with each set, by `du -sm .venv`
SIZE_pictures := 88
SIZE_demo := 97
SIZE_dev := 570

# Every setting is set (blank: its default), so that a .env with a real token and a real database
# is never read.
BLANK := DISCORD_TOKEN= DATABASE_URL= PORT= DEFAULT_TIMEZONE= DEFAULT_LANGUAGE= HOME_GUILD= \
	LOG_LEVEL= TEST_GUILDS= MIGRATE= DISCORD_API_URL= SHARD_COUNT= SHARD_IDS= FONT_PATH=
DEMO := $(CURDIR)/demo
SPOKEN := $(if $(filter ja%,$(LC_ALL) $(LANG)),ja,en-US)

.PHONY: install demo test style lint run bench token pictures

install: $(DEV)

# A .venv of another Python is made anew, so PYTHON=python3.13 make … needs no cleaning up.
$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mokumoku-bot needs Python 3.11 or newer, not $(VERSION): PYTHON=python3.12 make …"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $(STAMP)

$(STAMP)-%: requirements-%.txt requirements.txt requirements-pictures.txt requirements-demo.txt | $(STAMP)
	@echo "Installing $< into $(VENV), once: $(SIZE_$*) MB …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements.txt -r $<
	@touch $@

demo: $(DEMO_SET)
	@mkdir -p $(DEMO) && find $(DEMO) -mindepth 1 -not -name history -delete
	@$(BLANK) DATABASE_URL=sqlite:///$(DEMO)/mokumoku.db STATE_DIRECTORY=$(DEMO) \
		DEFAULT_LANGUAGE=$(SPOKEN) LANG=$(SPOKEN) DEFAULT_TIMEZONE=$$($(BIN)/python -c \
		'from devtools.sandbox.stamps import terminal_zone as zone; print(zone().key)') \
		$(BIN)/python -m devtools.sandbox --tour docs/tour.$(SPOKEN).txt --data $(DEMO) -- $(BIN)/python main.py

style: $(DEV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

lint: style
	@$(BIN)/basedpyright --warnings

# Half of the tests wait for processes, so two workers a core keep it busy. Each of them would
# rewrite every test's assertions anew where Python may not keep what it compiled. Types are checked
# meanwhile, and told at the end.
test: style
	@$(BIN)/basedpyright --warnings >$(VENV)/.types 2>&1 & types=$$!; \
	$(BLANK) PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 4 --dist loadfile \
		--no-loadscope-reorder $(ARGS); failed=$$?; \
	wait $$types || failed=1; cat $(VENV)/.types; exit $$failed

# Said before anything is installed.
token:
	@test -n "$$DISCORD_TOKEN" || grep -qsE '^ *(export +)?DISCORD_TOKEN *= *[^ ]' .env || \
		{ echo "DISCORD_TOKEN is not set: copy .env.example to .env and write the token there" \
		"(README, Run it for real). Without a token: make demo"; exit 78; }

run: token $(RUN)
	@$(BIN)/python main.py

# What docs/pictures shows: the bot's own pictures, and a conversation as the sandbox draws it.
pictures: $(DEV)
	@$(BIN)/python -m devtools.samples docs/pictures
	@rm -rf $(DEMO)/pictures && mkdir -p $(DEMO)/pictures
	@for spoken in ja en-US; do \
		$(BLANK) DATABASE_URL=sqlite:///$(DEMO)/pictures/$$spoken.db STATE_DIRECTORY=$(DEMO)/pictures \
		DEFAULT_LANGUAGE=$$spoken LANG=$$spoken TZ=Asia/Tokyo $(BIN)/python -m devtools.sandbox \
		--name mokumoku --data $(DEMO)/pictures --picture docs/pictures/conversation.$$spoken.png \
		--font views/picture/font/NotoSansCJKjp-subset.otf -- $(BIN)/python main.py \
		< docs/conversation.$$spoken.txt || exit 1; \
	done

bench: $(DEV)
	@$(BLANK) $(BIN)/python -m devtools.bench $(ARGS)
