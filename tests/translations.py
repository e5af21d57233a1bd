"""Collects the words of all QML files, and of Python where it says self.tr(…), into views/i18n/*.ts and
compiles them: python -m tests.translations"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

VIEWS = Path(__file__).resolve().parent.parent / "salesboard_display" / "views"
FOLDER = VIEWS / "i18n"


def collect(into: Path) -> None:
    """Bring one .ts file up to date with the files; translations already there are kept."""
    speaking = [path for path in VIEWS.rglob("*.py") if "self.tr(" in path.read_text("utf-8")]
    files = [str(path.relative_to(VIEWS)) for path in sorted([*VIEWS.rglob("*.qml"), *speaking])]
    options = ["-locations", "none", "-no-obsolete", "-source-language", "en"]
    _run("pyside6-lupdate", *options, *files, "-ts", str(into))


def compile_words(words: Path, into: Path) -> None:
    """Make the binary .qm file of a .ts file."""
    _run("pyside6-lrelease", "-silent", str(words), "-qm", str(into))


def _run(program: str, *arguments: str) -> None:
    command = [str(Path(sys.executable).parent / program), *arguments]
    done = subprocess.run(command, cwd=VIEWS, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{program}: {done.stdout}{done.stderr}")


def main() -> int:
    """Bring every language up to date."""
    for words in sorted(FOLDER.glob("*.ts")):
        collect(words)
        compile_words(words, words.with_suffix(".qm"))
        open_ones = words.read_text("utf-8").count('type="unfinished"')
        print(f"{words.name}: {open_ones} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
