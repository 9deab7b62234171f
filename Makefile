# Two commands are enough: `make demo` and `make test`. Both set up first.
PYTHON ?= python3
BIN := .venv/bin
# Most tests wait half their time (for processes, a browser, a clock): two workers a core, and who has nothing left takes
# from others.
WORKERS ?= $(shell echo $$((2 * $$(nproc 2>/dev/null || echo 2))))
# Where the environment forbids compiled files, each of hundreds of processes would compile the same 800 anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test tests lint thorough pictures crash crash-cluster power crash-broadcast crash-reminders stop reminders-check channel-faults forged backups bench bench-check sbom holes clean

.venv/runtime.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	$(BIN)/python -m compileall -q bot handlers scheduler
	@touch $@

.venv/dev.stamp: .venv/runtime.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

setup: .venv/dev.stamp  ## everything that demo and test need

demo: .venv/runtime.stamp  ## two phones and an invented programme; RESET=1 starts again
	$(BIN)/kurikirana demo $(if $(RESET),--reset)

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/dev.stamp  ## lint, types, import rules, and every test; both at once, since types need one core only
	@$(MAKE) --no-print-directory --jobs 2 lint tests

tests: .venv/dev.stamp
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

thorough: .venv/dev.stamp  ## every test: three times as many generated cases, every pair of role and page, every script on PostgreSQL
	KURIKIRANA_THOROUGH=1 $(BIN)/pytest -n $(WORKERS) --dist worksteal --timeout 600

pictures: .venv/dev.stamp  ## what the pages look like, on small and large screens and on paper, in test-output/
	KURIKIRANA_PICTURES=1 $(BIN)/pytest tests/console -m chromium -n $(WORKERS)

crash: .venv/dev.stamp  ## 10,000 kills of the real service (make test does 200)
	KURIKIRANA_KILLS=10000 $(BIN)/pytest tests/crash -n 0 --timeout 7200 -s

crash-cluster: .venv/dev.stamp  ## 2,000 kills of two processes on one PostgreSQL, and cut connections (make test: 30)
	KURIKIRANA_CLUSTER_KILLS=2000 $(BIN)/pytest tests/crash/test_cluster.py -n 0 --timeout 7200 -s

power: .venv/dev.stamp  ## 10,000 power cuts (make test does 300)
	KURIKIRANA_POWER_CUTS=10000 $(BIN)/pytest tests/power -n 0 -s

crash-broadcast: .venv/dev.stamp  ## 1,000 broadcasts to 1,000 recipients, killed at random (make test does 3)
	$(BIN)/python -m tests.side_by_side tests.crash.broadcasts --broadcasts 1000

crash-reminders: .venv/dev.stamp  ## 400 evenings of reminders, killed at random (make test does 2)
	$(BIN)/python -m tests.side_by_side tests.crash.reminders --each 10 --steps 400

reminders-check: .venv/dev.stamp  ## 100,000 simulated reminder ladders over outages, wrong clocks and zones (make test: 500)
	$(BIN)/python -m tests.side_by_side tests.scheduler.reminders_model --runs 400

stop: .venv/dev.stamp  ## promise 6: a million interleavings with STOP (make test does 3,000)
	KURIKIRANA_INTERLEAVINGS=1000000 $(BIN)/pytest tests/stop -n 0 --timeout 14400 -s

backups: .venv/dev.stamp  ## 1,000 copies of a database that is written to, 100 of them killed (make test: 30 and 10)
	KURIKIRANA_BACKUPS=1000 $(BIN)/pytest tests/contracts/test_store_copies.py -n 0 -s

channel-faults: .venv/dev.stamp  ## every payload of every channel through every fault of a network (make test: one fault each)
	KURIKIRANA_CHANNEL_FAULTS=1 KURIKIRANA_LATE=10000 $(BIN)/pytest -n 0 --timeout 1800 -s \
		tests/contracts/test_channel_faults.py tests/contracts/test_smpp_faults.py tests/contracts/test_provider_faults.py

forged: .venv/dev.stamp  ## promise 8: a million webhooks that nobody sent, 0 let in (make test: 8,000)
	$(BIN)/python -m tests.forged --calls 1000000 --seed 1

bench: .venv/dev.stamp  ## the workloads of docs/performance.md beside their peers
	$(BIN)/python -m benchmarks

bench-check: .venv/dev.stamp  ## every row can be measured (two minutes; its figures mean nothing)
	$(BIN)/pytest benchmarks/test_rows.py -n 0

.venv-tools/stamp:
	$(PYTHON) -m venv .venv-tools
	.venv-tools/bin/pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 pip-audit==2.10.1
	@touch $@

sbom: .venv/runtime.stamp .venv-tools/stamp  ## every library that is installed, in CycloneDX: sbom.json
	.venv-tools/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-file sbom.json

holes: .venv-tools/stamp  ## known holes of the libraries that constraints.txt pins; needs a network
	.venv-tools/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip

clean:
	rm -rf .venv .venv-tools sbom.json demo test-output
