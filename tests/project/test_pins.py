"""What is installed is what is pinned, and the pins say nothing about where packages come from."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY
from tests.project.code import imported

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))


def pins() -> dict[str, str]:
    """Those that count on this Python: some packages are needed on older ones alone."""
    lines = (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in pinned
        if one.marker is None or one.marker.evaluate()
    }


def requirements() -> list[Requirement]:
    groups = PROJECT["dependency-groups"]
    texts = [*PROJECT["project"]["dependencies"], *groups["test"], *groups["lint"]]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_every_requirement_is_pinned_within_its_limits(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_what_is_installed_is_what_is_pinned() -> None:
    installed = {}
    for name, pinned in pins().items():
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            installed[name] = f"{pinned} is not installed"
    assert installed == pins()


def test_only_what_is_pinned_is_imported(repository: Path) -> None:
    homes = packages_distributions()
    unpinned = set()
    for folder in ("salesboard_display", "tests"):
        for file in (repository / folder).rglob("*.py"):
            for _, name in imported(ast.parse(file.read_text("utf-8"))):
                package = name.partition(".")[0]
                if package in sys.stdlib_module_names | {"", "salesboard_display", "tests"}:
                    continue
                if not {canonicalize_name(home) for home in homes.get(package, [])} & pins().keys():
                    unpinned.add(f"{file.name}: {package}")
    assert unpinned == set()


def test_the_constraints_hold_names_and_versions_only(repository: Path) -> None:
    lines = (repository / "constraints.txt").read_text("utf-8").splitlines()
    pin = r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+( ; python_version < \"3\.\d+\")?"
    strange = [line for line in lines if not re.fullmatch(rf"#.*|{pin}", line)]
    assert strange == []


def test_qt_is_pinned_to_one_release_with_the_reason_beside_it(repository: Path) -> None:
    text = (repository / "pyproject.toml").read_text("utf-8")
    assert re.search(r'# Exactly this release\..*reference.*\n(\s*#.*\n)*\s*"PySide6==6\.11\.3"', text)
