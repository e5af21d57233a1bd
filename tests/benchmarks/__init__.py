"""The figures of the issue, measured: `make bench` prints them as a table."""
