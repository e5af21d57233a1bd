#!/bin/sh
# Shows the demo office: full-screen where there is a screen, else off-screen for 20 s, leaving wall.png.
set -eu
cd "$(dirname "$0")/.."

# Qt asks for UTF-8. The office's own locale is kept where it has one, for its numbers and dates.
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

# QT_QPA_PLATFORM names a screen without X or Wayland too: eglfs or linuxfb on a small box.
if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; then
    echo "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set):"
    echo "drawing the demo office off-screen for 20 seconds; the picture will be wall.png."
    .venv/bin/python -m salesboard_display demo --offscreen --size 1920x1080 --duration 20 --picture wall.png
    echo "Done: wall.png"
else
    exec .venv/bin/python -m salesboard_display demo
fi
