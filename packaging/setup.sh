#!/bin/sh
# Sets up everything `make run` and `make test` need, and does only what is missing:
# the system libraries Qt loads, .venv, and the pinned Python packages in it.
# POSIX sh: a bare machine has no bash to count on. Usage: sh packaging/setup.sh (from anywhere)
set -eu
cd "$(dirname "$0")/.."

# Measured on a bare Debian 12: without these Qt does not even import.
QT_LIBRARIES="libglib2.0-0 libegl1 libgl1 libx11-6 libxkbcommon0 libdbus-1-3 libfontconfig1"
X11_LIBRARIES="libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
WAYLAND_LIBRARIES="libwayland-client0 libwayland-cursor0 libwayland-egl1"
FONTS="fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji" # names in any script

say() { printf '%s\n' "set-up: $*"; }
fail() { printf '%s\n' "set-up: $*" >&2; exit 1; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed; found: $(python3 --version 2>&1 || true). Set PYTHON=/path/to/python."
}

venv_works() { .venv/bin/python -c 'import pip' 2>/dev/null; }

wanted_packages() {
    echo "$QT_LIBRARIES"
    [ -z "${DISPLAY:-}" ] || echo "$X11_LIBRARIES"
    [ -z "${WAYLAND_DISPLAY:-}" ] || echo "$WAYLAND_LIBRARIES"
    echo "$FONTS"
    if ! venv_works && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian keeps these two modules in a package of their own, one for each Python.
        "$python" -c 'import sys; print(f"python3.{sys.version_info[1]}-venv")'
    fi
}

missing_packages() {
    installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' 2>/dev/null) "
    for package in $(wanted_packages); do
        # Debian 13 and Ubuntu 24.04 renamed some libraries to ...t64.
        case $installed in
            *" installed:$package "* | *" installed:${package}t64 "*) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

install_system_libraries() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        [ "$(uname)" != Linux ] || say "not a Debian system: if Qt does not start, install what your system calls" \
            $(wanted_packages)
        return 0
    fi
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root="sudo -n"
        else
            say "these system packages are missing, and installing them needs root:"
            say "    sudo apt-get install --no-install-recommends $missing"
            return 0
        fi
    fi
    say "installing $missing"
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -q"
    # The lists of a machine are often absent or old. One repository that cannot be reached is no
    # reason to stop: what is needed may come from another.
    $apt update || true
    if ! $apt install -y --no-install-recommends $missing >/dev/null; then
        say "that did not work. When the machine can reach its packages:"
        say "    apt-get update && apt-get install --no-install-recommends $missing"
    fi
}

make_venv() {
    ! venv_works || return 0
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make a virtual environment; on Debian: apt-get install python3-venv"
    say "making .venv with $python"
    "$python" -m venv --clear .venv
}

set_up_id() {
    cat pyproject.toml constraints.txt packaging/setup.sh | cksum
    .venv/bin/python -c 'import sys; print(sys.version)'
    pwd
}

install_python_packages() {
    stamp=.venv/set-up-done
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(set_up_id)" ]; then
        return 0
    fi
    say "installing the Python packages (about 900 MB on disk; a few minutes the first time)"
    pip="env PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install -q -c constraints.txt"
    $pip 'pip>=25.1' hatchling # older pips know no dependency groups
    $pip --no-build-isolation -e . --group dev
    set_up_id >"$stamp"
}

check_qt() {
    if ! problem=$(QT_QPA_PLATFORM=offscreen .venv/bin/python -c 'import PySide6.QtQuick, PySide6.QtWidgets' 2>&1)
    then
        say "Qt does not load: $(printf '%s' "$problem" | tail -n 1)"
        fail "install what your system calls: $(echo $(wanted_packages))"
    fi
}

python=$(find_python)
install_system_libraries
make_venv
install_python_packages
check_qt
