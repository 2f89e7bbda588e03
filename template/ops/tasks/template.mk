##@ This repository

.PHONY: configure
configure: copier ## Answer the template's questions again: add a service, take one away
	$(COPIER) update --trust --vcs-ref=:current:

.PHONY: update
update: copier ## Take over what is new in the template
	$(COPIER) update --trust --defaults

.PHONY: copier
copier:
	@command -v $(firstword $(COPIER)) >/dev/null || { \
	  echo "$(firstword $(COPIER)) is not installed: https://docs.astral.sh/uv/getting-started/installation/" >&2; exit 1; }
