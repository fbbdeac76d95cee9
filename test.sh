#!/usr/bin/env bash
# Builds everything and runs all tests. Real programs from Debian take part in some of them: missing ones are installed where that is possible
# (as root, with apt-get), and named where it is not.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

has_v2ray() { command -v v2ray; }
has_dig() { command -v dig; }
has_cc() { command -v cc; }
has_libc() { echo "#include <stdio.h>" | cc -E - ; }
has_strace() { command -v strace; }
has_xfs() { command -v mkfs.xfs; }
has_grpcio() { /usr/bin/python3 -c 'import grpc'; }

# install PACKAGE CHECK WHAT_FOR
install() {
    "$2" >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing $1"
        if [ -z "${updated:-}" ]; then
            apt-get -o DPkg::Lock::Timeout=300 -qq update || true
            updated=1
        fi
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq install -y --no-install-recommends "$1" >/dev/null || true
    fi
    "$2" >/dev/null 2>&1 || echo "skipped: $3 (package $1 is missing and can't be installed here)"
}

install v2ray has_v2ray "a real V2Ray behind the demo's VPN ports; plain listeners stand in"
install bind9-dnsutils has_dig "asking the emulator's name server with dig"
install gcc has_cc "disks and clocks that go wrong under the nodes of a run"
install libc6-dev has_libc "disks and clocks that go wrong under the nodes of a run"
install strace has_strace "disk errors under a real node"
install xfsprogs has_xfs "power cuts on XFS; those on ext4 are done"
install python3-grpcio has_grpcio "talking to another implementation of gRPC"

results="$(mktemp -d)"
trap 'rm -rf "$results"' EXIT

dotnet restore NexaLoak.sln -v quiet
dotnet build NexaLoak.sln -c Release --no-restore -v quiet
code=0
dotnet test NexaLoak.Tests -c Release --no-build --results-directory "$results" --logger "trx" --logger "console;verbosity=minimal" || code=$?

# Adds up one attribute of the counters that each results file has.
count() { { grep -ho "<Counters [^>]*" "$results"/*.trx || true; } | { grep -o " $1=\"[0-9]*\"" || true; } | grep -o '[0-9]*' | awk '{ sum += $1 } END { print sum + 0 }'; }
total="$(count total)"
passed="$(count passed)"
failed="$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))"
skipped="$((total - passed - failed))"
if [ "$total" = 0 ]; then
    echo "no test was run" >&2
    code=1
fi

[ "$failed" = 0 ] || [ "$code" != 0 ] || code=1
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped" || true)"
exit "$code"
