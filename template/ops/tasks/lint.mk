##@ Lint and hooks

# Everything that is linted, wherever it is.
FILES := find . \( -name .git -o -name .venv -o -name node_modules \) -prune -o -type f
TOOLS := $(VENV)/tools

check: lint-files

.PHONY: lint-files
lint-files: $(TOOLS) ## Lint what is no service's own: Dockerfiles, YAML, shell scripts, ops, tests
	@$(FILES) -name Dockerfile -print0 | xargs -0 $(VENV)/bin/hadolint
	@docker buildx bake --file docker-bake.hcl --progress quiet --check default development
	@$(VENV)/bin/yamllint --strict .
	@$(FILES) \( -name '*.sh' -o -name '*.envsh' \) -print0 | xargs -0 -r $(VENV)/bin/shellcheck
	@$(VENV)/bin/ruff check --quiet ops tests
	@$(VENV)/bin/ruff format --check --quiet ops tests

$(TOOLS): ops/requirements-tools.txt | $(VENV)/installed
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
