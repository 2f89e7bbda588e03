##@ Quality

# Everything that is linted, wherever it is.
FILES := find . \( -name .git -o -name .venv -o -name node_modules \) -prune -o -type f
TOOLS := $(VENV)/tools

check: lint-files

.PHONY: lint-files
lint-files: $(TOOLS) ## Lint what belongs to no single service: Dockerfiles, YAML, shell scripts, ops, tests
	@$(FILES) -name Dockerfile -exec $(VENV)/bin/hadolint {} +
	@docker buildx bake $(addprefix --file ,$(wildcard docker-bake.hcl docker-bake.override.hcl)) --progress quiet --check default development
	@$(VENV)/bin/yamllint --strict .
	@$(FILES) \( -name '*.sh' -o -name '*.envsh' \) -exec $(VENV)/bin/shellcheck {} +
	@$(VENV)/bin/ruff check --quiet ops tests
	@$(VENV)/bin/ruff format --check --quiet ops tests

$(TOOLS): ops/requirements-tools.txt | $(VENV)/installed
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
