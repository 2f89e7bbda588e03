"""Tests of this repository as a whole; each service has its own in its folder."""
