"""Scenarios: what the services do together, in the words of those who use them."""
