"""The tests; a package so that `python -m tests.benchmarks` and its siblings run."""
