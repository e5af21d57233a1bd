"""Runs Qt's qmllint over every QML file of the package; any warning is an error. python -m tests.lint_qml"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "salesboard_display"


def main() -> int:
    """0 when there is nothing to complain about."""
    files = sorted(str(file) for file in PACKAGE.rglob("*.qml"))
    if not files:
        print("qmllint: there is no QML yet")
        return 0
    linter = Path(sys.executable).parent / "pyside6-qmllint"
    command = [str(linter), "--ignore-settings", "--max-warnings", "0", "-I", str(PACKAGE.parent)]
    code = subprocess.run([*command, *files], check=False).returncode
    print(f"qmllint: {len(files)} files, {'clean' if code == 0 else 'see above'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
