#!/bin/sh
# Proves the two commands on a bare Debian 12: a new minimal system with only Python, git and make, a fresh
# clone of this checkout's HEAD in it, then `make run` and `make test` there. Needs root, debootstrap and network.
#
#   sh packaging/bare-debian.sh            everything (about half an hour)
#   sh packaging/bare-debian.sh run        only the newcomer's picture
#
# Where packages come from is read off this machine at run time; the bare machine is removed at the end, unless
# KEEP names a folder for it.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
what=${1:-all}

[ "$(id -u)" = 0 ] || { echo "bare-debian: needs root" >&2; exit 1; }
for tool in debootstrap unshare git; do
    command -v "$tool" >/dev/null || { echo "bare-debian: needs $tool" >&2; exit 1; }
done
# Mounts and processes of the bare machine live in namespaces of their own and end with this script.
[ -n "${BARE_INSIDE:-}" ] || exec env BARE_INSIDE=1 unshare --mount --pid --fork -- sh "$0" "$@"

if [ -n "${KEEP:-}" ]; then
    machine=$KEEP
else
    machine=$(mktemp -d)
    trap 'umount -R "$machine/proc" "$machine/dev" 2>/dev/null; rm -rf --one-file-system "$machine"' EXIT
fi
log() { printf '\n== %s  %s\n' "$(date +%T)" "$*"; }

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
mkdir -p "$machine"
log "a bare Debian 12 in $machine"
if [ ! -e "$machine/usr/bin/make" ]; then
    debootstrap --variant=minbase --include=git,make,python3,ca-certificates bookworm "$machine" "$mirror" \
        >"$machine/debootstrap.log" 2>&1 || { tail -n 20 "$machine/debootstrap.log"; exit 1; }
fi
rm -f "$machine/debootstrap.log"
mount -t proc proc "$machine/proc"
mount --rbind /dev "$machine/dev"
cp /etc/resolv.conf "$machine/etc/"
# Debian's installer writes this on every machine, debootstrap does not.
printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' >"$machine/etc/hosts"
apt-config dump | grep -i '^Acquire::.*proxy' >"$machine/etc/apt/apt.conf.d/90proxy" || true

# pip inside uses what pip here uses: its configuration, certificates, and indexes that are folders.
for file in /etc/pip.conf "${PIP_CERT:-}" /etc/ssl/certs/ca-certificates.crt; do
    [ ! -f "$file" ] || install -D -m 644 "$file" "$machine$file"
done
python3 -m pip config list | grep -o "/[^ ']*" | while read -r folder; do
    folder=${folder#//} # of file:///folder
    [ -d "$folder" ] || continue
    mkdir -p "$machine$folder"
    mount --bind -o ro "$folder" "$machine$folder"
done

rm -rf "$machine/home/newcomer"
git clone -q "$source" "$machine/home/newcomer/salesboard_display"
chroot "$machine" id newcomer >/dev/null 2>&1 || chroot "$machine" useradd newcomer
chown -R 1000 "$machine/home/newcomer"

pip_settings=$(env | grep '^PIP_' || true)
inside() { # a user, then a command line; the bare machine's own environment, plus where pip finds things
    user=$1
    shift
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp $pip_settings \
        chroot --userspec="$user" "$machine" sh -c "cd /home/newcomer/salesboard_display && $*"
}

if [ ! -e "$machine/usr/lib/x86_64-linux-gnu/libEGL.so.1" ]; then # else a kept machine, no longer bare
    log "without root: what is missing is named, with the command that installs it"
    inside newcomer "make run" && { echo "bare-debian: should not have worked"; exit 1; }
fi

log "as root: make run"
chown -R 0 "$machine/home/newcomer"
inside root "make run"
inside root "test -s wall.png" && cp "$machine/home/newcomer/salesboard_display/wall.png" "${TMPDIR:-/tmp}/bare-wall.png"
[ "$what" = all ] || exit 0

log "as root: make test"
inside root "make test"
log "done; the picture: ${TMPDIR:-/tmp}/bare-wall.png"
