"""A stack that runs is well."""
