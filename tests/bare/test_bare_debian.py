"""The newcomer's two commands on a bare Debian 12: pytest -m bare (root, network, half an hour)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.bare


@pytest.mark.timeout(3600)
@pytest.mark.skipif(os.geteuid() != 0, reason="debootstrap and chroot need root")
def test_make_run_and_make_test_work_on_a_machine_with_python_git_and_make_only(
    repository: Path, tmp_path: Path
) -> None:
    script = repository / "packaging" / "bare-debian.sh"
    result = subprocess.run(
        ["sh", str(script)],
        capture_output=True,
        text=True,
        timeout=3500,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    said = result.stdout + result.stderr
    assert result.returncode == 0, said[-5000:]
    assert "sudo apt-get install --no-install-recommends libglib2.0-0 libegl1" in said
    assert (tmp_path / "bare-wall.png").stat().st_size > 10_000
