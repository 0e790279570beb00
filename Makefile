# Two commands: `make run` makes every figure and table from the simulated survey, `make
# test` runs the tests. Both set up the environment in .venv first, from the lock file.

PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || echo 2)
# One process of tests more than cores, for tests of archives wait now and then; at most
# five, for each imports the library and makes the fixtures again that tests share.
WORKERS ?= $(shell echo $$(( $(CORES) < 4 ? $(CORES) + 1 : 5 )))
BIN := .venv/bin

# Snakemake keeps sources in the cache of a home, which on some nodes cannot be written.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export XDG_CACHE_HOME := $(CURDIR)/.snakemake/cache
endif

# A run that was killed is continued: its lock is removed if its process has ended, and
# what it had not finished is made again.
run: .venv/ready
	@$(BIN)/python -m mdwarfs.run.interrupted; case $$? in \
	    0) ;; 3) $(BIN)/snakemake --unlock ;; *) exit 1 ;; esac
	$(BIN)/snakemake --cores $(CORES) --rerun-incomplete

test: .venv/ready
	$(BIN)/pytest -n $(WORKERS) --durations=40 --durations-min=2

# Which lines of the library the tests run, without those that run Snakemake: the whole,
# and the ten modules of which they run least.
coverage: .venv/ready
	$(BIN)/pytest -n $(WORKERS) -m "not dag" --cov --cov-report=
	$(BIN)/coverage report --sort=cover | sed -n '1,12p;$$p'
	$(BIN)/coverage report --format=total

# The TAP server that some tests ask, from Debian's packages (as root). Where they are not
# to be had, those tests skip and say so.
tap-server: .venv/ready
	$(BIN)/python -m tests.archives.servers.tap install

# The browser that opens the page of a run in tests, likewise.
browser: .venv/ready
	$(BIN)/python -m tests.browser install

# The documentation as a site, docs/_build/index.html; with the figures of the default run
# if `make run` came first.
docs: .venv/ready
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build

# The picture at the top of README, from the page of the default run (`make run` comes
# first, and `make browser`).
picture: .venv/ready
	$(BIN)/python docs/picture.py

# What the engine takes and how exact it is, measured on this machine; `make run` comes
# first. Half an hour or more on two cores; benchmarks/README.md tells the rest.
BENCHMARKS := training scaling agreement agreement_map prediction many_stars growth stream_filter unsound sound

benchmarks: .venv/ready
	for name in $(BENCHMARKS); do \
	    $(BIN)/python benchmarks/$$name.py --folder results/benchmarks || exit 1; \
	done

# Damaged and absurd input, and runs that are killed; `make run` comes first. It takes long on
# two cores; the outcomes go into docs/torture.md.
torture: .venv/ready
	$(BIN)/python -m tests.torture results/simulated docs/torture.md

# Debian's Slurm with its accounting (as root) and Snakemake's plugin for clusters, for
# `pytest -m slurm` and the last lines of `make same-bytes`.
slurm: .venv/ready
	apt-get install -y -q --no-install-recommends slurm-wlm munge slurmdbd mariadb-server
	$(BIN)/python -m pip install --quiet --no-build-isolation --editable '.[clusters]'

# The small run on one core, on two, in three parts, in ten blocks and on Slurm: which
# products have other bytes. The outcome goes into docs/scale.md.
same-bytes: .venv/ready
	$(BIN)/python -m tests.cluster.same_bytes results/same_bytes docs/scale.md

# The lock is complete, so that nothing has to be resolved (`check` sees that it is); and
# all cores compile the modules, but for what next to nobody imports: packages' own tests
# and what they have for debuggers, for browsers' protocols and for other languages.
# uv does in seconds what takes pip half a minute. It lies outside of the environment that
# the lock describes; where it is not to be had, or does not come through, pip does it.
UV := .venv/uv
UV_PIP := UV_HTTP_TIMEOUT=15 $(UV)/bin/uv --no-config --no-cache pip
LOCKED := install --quiet --no-deps --require-hashes -r requirements.lock
ITSELF := install --quiet --no-deps --no-build-isolation --editable .
INTO := --python $(BIN)/python
UNCOMPILED := /(tests?|_tests|testsuite|debugpy|devtools|lexers|dialects)/

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.13")'
	@$(PYTHON) -c 'import os, re, sys; re.search(r"[\s\x22\x27:;$$]", os.getcwd()) and sys.exit("No environment can be made below " + os.getcwd() + ": the programs in it would not start. Put the checkout where no folder has a blank, a quote, a colon or a dollar in its name.")'
	$(PYTHON) -m venv .venv
	{ $(BIN)/python -m pip install --quiet --target $(UV) uv && $(UV_PIP) $(LOCKED) $(INTO) \
	    && $(UV_PIP) $(ITSELF) $(INTO) && $(UV_PIP) check --quiet $(INTO); } \
	    || { $(BIN)/python -m pip $(LOCKED) --no-compile && $(BIN)/python -m pip $(ITSELF) \
	    && $(BIN)/python -m pip check --quiet; }
	rm -rf $(UV)
	-$(BIN)/python -m compileall -qq -j 0 -x '$(UNCOMPILED)' .venv/lib
	touch $@

# The lock, made anew from pyproject.toml (needs uv).
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --generate-hashes --no-annotate --no-header --output-file requirements.lock

# The table of keys in config/README.md, made anew from the schema.
manual: .venv/ready
	sed -i '/^| key /,$$d' config/README.md
	$(BIN)/python -c 'from mdwarfs.config import manual; print(manual("workflow/schemas/config.schema.yaml"), end="")' >> config/README.md

# The small run as it is now becomes what later ones are held against in the tests, and
# what docs/datamodel.md describes. CHANGELOG.md says which numbers moved, and why.
baseline: .venv/ready
	$(BIN)/snakemake --cores $(CORES) --configfile config/ci.yaml
	$(BIN)/python -m tests.workflow.renew_baseline results/simulated-ci
	$(BIN)/mdwarfs datamodel results/simulated-ci -o docs/datamodel.md

.PHONY: run test coverage benchmarks tap-server browser lock manual torture slurm same-bytes baseline docs picture
