"""The assets are found from a checkout, a wheel and a frozen build, and everything needed is in the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from salesboard_display.paths import asset

FIND = "from salesboard_display.paths import asset; print(asset('fonts', 'Manrope-Bold.ttf'))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A wheel, really built and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(repository)], check=True, capture_output=True, timeout=100)
    [file] = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def run_bare(code: str, folder: Path) -> str:
    """Run code in a Python that knows nothing but its standard library and one folder."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    command = [sys.executable, "-S", "-c", code]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=30, cwd=folder, env=env | {"PYTHONPATH": str(folder)}
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_checkout_finds_them(repository: Path) -> None:
    assert asset("fonts", "Manrope-Bold.ttf") == repository / "assets" / "fonts" / "Manrope-Bold.ttf"


def test_without_parts_it_is_the_folder_of_all(repository: Path) -> None:
    assert asset() == repository / "assets"


def test_a_missing_one_is_named_with_the_places_looked_at(repository: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no asset 'sounds/none.wav'; looked at .*assets"):
        asset("sounds", "none.wav")


def test_a_wheel_finds_them(wheel: Path) -> None:
    found = run_bare(FIND, wheel)
    assert found == str(wheel / "salesboard_display" / "assets" / "fonts" / "Manrope-Bold.ttf")
    assert Path(found).stat().st_size > 50_000


@pytest.mark.parametrize("inside", ["assets", "salesboard_display/assets"])
def test_a_frozen_build_finds_them(inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    font = tmp_path / inside / "fonts" / "Manrope-Bold.ttf"
    font.parent.mkdir(parents=True)
    font.touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert asset("fonts", "Manrope-Bold.ttf") == font


def test_the_wheel_holds_every_file_of_the_package_and_all_assets(wheel: Path, repository: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "salesboard_display", "assets"],
        cwd=repository, check=True, capture_output=True, text=True, timeout=30,
    ).stdout.split("\n")  # fmt: skip
    inside = {name: f"salesboard_display/{name}" for name in listed if name.startswith("assets/")}
    expected = {inside.get(name, name) for name in listed if name}
    packed = {str(file.relative_to(wheel)) for file in wheel.rglob("*") if file.is_file()}
    assert expected - packed == set()


def test_the_wheel_names_the_command_and_carries_both_licences(wheel: Path) -> None:
    [info] = wheel.glob("*.dist-info")
    assert "salesboard-display = salesboard_display.cli:main" in (info / "entry_points.txt").read_text()
    assert (info / "licenses" / "LICENSE").is_file()
    assert (info / "licenses" / "assets" / "fonts" / "OFL.txt").is_file()
