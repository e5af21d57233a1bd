"""Runs Qt's qmllint over every QML file of the package; any warning is an error. python -m tests.lint_qml"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> int:
    """0 when there is nothing to complain about."""
    found = (REPOSITORY / "salesboard_display").rglob("*.qml")
    files = sorted(str(file.relative_to(REPOSITORY)) for file in found)
    if not files:
        print("qmllint: there is no QML yet")
        return 0
    linter = Path(sys.executable).parent / "pyside6-qmllint"
    command = [str(linter), "--ignore-settings", "--max-warnings", "0", "-I", "."]
    code = subprocess.run([*command, *files], cwd=REPOSITORY, check=False).returncode
    print(f"qmllint: {len(files)} files, {'clean' if code == 0 else 'see above'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
