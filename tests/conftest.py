"""Fixtures that more than one room's tests ask for."""

pytest_plugins = ["tests.databases"]
