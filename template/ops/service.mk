# What the Makefile of each service includes: the tasks of the repository that can be narrowed to one service.
# Variables of the command line, such as TAG= and baseline=, reach the repository's Makefile by themselves.

.DEFAULT_GOAL := help
TASKS := up down restart rebuild watch logs status ps shell \
  test test-integration coverage bench lint fmt lock check build publish $(SERVICE_TASKS)

# Each is explained where it is defined.
.PHONY: help
help:
	@if [ -t 1 ] && [ -z "$$NO_COLOR" ]; then bold='\033[1m' name='\033[36m' plain='\033[0m'; fi; \
	awk -v bold="$$bold" -v name="$$name" -v plain="$$plain" -v tasks=" $(TASKS) " -F ':.*## ' ' \
	  BEGIN { printf "%s%s%s\n", bold, "$(SERVICE) alone; make in $(ROOT) lists every other task", plain } \
	  /^[a-z][a-z-]*:.*## / && index(tasks, " " $$1 " ") { printf "  %s%-18s%s %s\n", name, $$1, plain, $$2 }' \
	  $(ROOT)/Makefile $(sort $(wildcard $(ROOT)/ops/tasks/*.mk))

.PHONY: $(TASKS)
$(TASKS):
	@$(MAKE) --no-print-directory --directory $(ROOT) $@ service=$(SERVICE)
