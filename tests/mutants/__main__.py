"""Changes the rules' comparisons one by one and says which change no test notices."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tests.mutants.changing import Mutant, install, mutants_of

ENOUGH = 0.9
CORE = "salesboard_display.core"
TESTS = {
    "periods": ["test_periods_by_example.py", "test_periods.py", "test_rotation.py"],
    "standings": ["test_standings.py", "test_credit_and_movement.py", "test_recount.py"],
    "credit": ["test_people.py", "test_recount.py", "test_credit_and_movement.py"],
    "explain": ["test_explain.py", "test_recount.py"],
}
"""The modules whose comparisons are changed, and the tests that should notice."""

KILLED, SURVIVED = "killed", "SURVIVED"


def main() -> int:
    """Report every change that survived; 1 when too many did."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[*TESTS, []], help="only these modules of core")
    parser.add_argument("--list", action="store_true", help="only list the changes")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    modules = options.modules or list(TESTS)
    if options.one is not None:
        return _run_one(modules[0], options.one)
    mutants = [mutant for name in modules for mutant in mutants_of(name, _source(name))]
    if options.list:
        print(*mutants, sep="\n")
        return 0
    return _report(mutants)


def _source(name: str) -> str:
    spec = find_spec(f"{CORE}.{name}")
    assert spec is not None and spec.origin is not None  # noqa: PT018
    return Path(spec.origin).read_text("utf-8")


def _run_one(name: str, number: int) -> int:
    """In a process of its own: the tests with that one change (-1: with none)."""
    import pytest

    install(f"{CORE}.{name}", number)
    folder = Path(__file__).parent.parent / "core"
    files = [str(folder / file) for file in TESTS[name]]
    return int(
        pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", "--hypothesis-seed=1", *files])
    )


def _report(mutants: list[Mutant]) -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        allowed = {name: _allowed_s(name, scratch) for name in {mutant.module for mutant in mutants}}
        with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
            verdicts = list(pool.map(lambda m: _try(m, scratch, allowed[m.module]), mutants))
    survivors = [mutant for mutant, verdict in zip(mutants, verdicts, strict=True) if verdict == SURVIVED]
    for mutant in survivors:
        print(f"{SURVIVED}  {mutant}")
    for name in dict.fromkeys(mutant.module for mutant in mutants):
        of = [verdict for mutant, verdict in zip(mutants, verdicts, strict=True) if mutant.module == name]
        print(f"{name:10} {of.count(KILLED):4} of {len(of):4} changes noticed")
    share = 1 - len(survivors) / len(mutants)
    took = time.monotonic() - began
    print(f"{share:.1%} of {len(mutants)} changed comparisons make a test fail ({took:.0f} s)")
    return 0 if share >= ENOUGH else 1


def _allowed_s(name: str, scratch: str) -> float:
    """How long the tests may take with a change (an endless loop is noticed); without one they pass."""
    began = time.monotonic()
    done = _pytest(name, -1, scratch, 600)
    if done.returncode != 0:
        raise SystemExit(f"the tests of {name} fail without any change:\n{done.stdout}")
    return 20 + 5 * (time.monotonic() - began)


def _try(mutant: Mutant, scratch: str, allowed_s: float) -> str:
    try:
        done = _pytest(mutant.module, mutant.number, scratch, allowed_s)
    except subprocess.TimeoutExpired:
        return KILLED
    return SURVIVED if done.returncode == 0 else KILLED


def _pytest(name: str, number: int, scratch: str, allowed_s: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.mutants", name, "--one", str(number)]
    environment = {
        **os.environ,
        "HYPOTHESIS_PROFILE": "quick",
        "HYPOTHESIS_STORAGE_DIRECTORY": scratch,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=allowed_s, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
