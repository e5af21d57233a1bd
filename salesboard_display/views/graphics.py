"""Chooses how Qt Quick draws, before the application exists: by the GPU if there is one, else in software."""

from __future__ import annotations

import ctypes
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import platformdirs

from salesboard_display.core.messages import Message, message

log = logging.getLogger(__name__)
PROBE_S = 8.0
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 4 * 2**20  # mallopt(3); bytes
SOFTWARE_GL = (
    "llvmpipe",
    "softpipe",
    "swrast",
    "software rasterizer",
    "swiftshader",
    "gdi generic",
    "microsoft basic render",
)
RESTARTED = "SALESBOARD_SOFTWARE_RESTART"  # set in a process that was started again because the GPU failed
_PROBE = """
import sys
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext
app = QGuiApplication(sys.argv)
surface = QOffscreenSurface(); surface.create()
context = QOpenGLContext()
if context.create() and context.makeCurrent(surface):
    print("renderer:", context.functions().glGetString(0x1F01))
    context.doneCurrent()
"""


def choose_backend() -> str:
    """Sets the backend for this process: "software" or "gpu". Call it before the application is made."""
    chosen = "software" if needs_software() else "gpu"
    if chosen == "software":
        os.environ["QT_QUICK_BACKEND"] = "software"
        give_large_blocks_back()
    return chosen


def give_large_blocks_back() -> None:
    """Make glibc return picture-sized blocks to the system when they are freed.

    Left to itself it raises its threshold to the first such block it frees, keeps the next, and a 4K wall
    stays at 250 MB after a few slide changes instead of 90 (measured). Does nothing elsewhere.
    """
    if sys.platform == "linux":
        allocator = getattr(ctypes.CDLL(None), "mallopt", None)
        if allocator is not None:
            allocator(M_MMAP_THRESHOLD, LARGE_BLOCK)


def needs_software() -> bool:
    """Whether there is no GPU worth the name. A machine's answer is remembered until its devices change."""
    told = os.environ.get("QT_QUICK_BACKEND", "")
    if told or os.environ.get(RESTARTED):
        return told in ("", "software")
    if os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        return True
    if sys.platform != "linux":
        return False  # Direct3D and Metal are always there; a failure ends in restart_with_software
    if not any(Path("/dev/dri").glob("*")):
        return True
    return is_software_renderer(_remembered_renderer())


def is_software_renderer(renderer: str) -> bool:
    """Whether an OpenGL renderer's name says that the processor draws (or that there is none)."""
    return not renderer or any(name in renderer.lower() for name in SOFTWARE_GL)


def draws_in_software() -> bool:
    """Whether Qt Quick draws in software here. (Qt itself says so only after the first window.)"""
    return os.environ.get("QT_QUICK_BACKEND") == "software"


def describe_backend() -> Message:
    """How the wall is drawn here."""
    return message("screen-software" if draws_in_software() else "screen-gpu")


def restart_with_software() -> None:
    """Start this program again with the software renderer; once only. Does not return when it restarts."""
    if os.environ.get(RESTARTED):
        log.error("the software renderer failed, too")
        return
    log.warning("the graphics card cannot be used; starting again with the software renderer")
    os.environ.update({RESTARTED: "1", "QT_QUICK_BACKEND": "software"})
    words = sys.orig_argv if not getattr(sys, "frozen", False) else [sys.executable, *sys.argv[1:]]
    os.execv(sys.executable, words)


def _remembered_renderer() -> str:
    cache = Path(platformdirs.user_cache_dir("salesboard-display", appauthor=False)) / "renderer.json"
    key = _devices()
    try:
        known = json.loads(cache.read_text("utf-8"))
        if known["devices"] == key:
            return str(known["renderer"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    renderer = probe_renderer()
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps({"devices": key, "renderer": renderer}), "utf-8")
    except OSError as error:
        log.info("what was found out about the graphics card is not kept: %s", error)
    return renderer


def _devices() -> str:
    """What the answer depends on: the devices, the drivers' folder, the display."""
    nodes = sorted(str(node) for node in Path("/dev/dri").glob("*"))
    drivers = [
        f"{p}:{p.stat().st_mtime_ns}"
        for p in map(Path, ("/usr/lib/x86_64-linux-gnu/dri", "/usr/lib64/dri"))
        if p.exists()
    ]
    return "|".join(
        [*nodes, *drivers, os.environ.get("QT_QPA_PLATFORM", ""), os.environ.get("WAYLAND_DISPLAY", "")]
    )


def probe_renderer(command: list[str] | None = None) -> str:
    """The OpenGL renderer's name, "" when there is none; asked in a child process, for bad drivers crash."""
    try:
        done = subprocess.run(
            command or [sys.executable, "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    for line in done.stdout.splitlines():
        if line.startswith("renderer: "):
            return line.removeprefix("renderer: ").strip()
    return ""
