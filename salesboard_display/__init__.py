"""A sales wall for office TVs: polls sales data, keeps every fact, shows honest standings."""

__version__ = "0.1.0"
