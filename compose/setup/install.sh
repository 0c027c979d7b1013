#!/bin/sh
# Makes a clone runnable: installs the packages of the lock file and, with them, the Node the project runs on. It is the
# only piece of the set-up that must work without that Node, hence sh. Says nothing when there is nothing to do.
set -eu
cd "$(dirname "$0")/../.."

node=node_modules/.bin/node
lowest=24.12

fail() {
  echo "muster: $1" >&2
  exit 1
}

# True when the project's own Node is there and at least $lowest.
have_node() {
  version=$("$node" -v 2>/dev/null) || return 1
  major=$(echo "$version" | sed 's/^v\([0-9]*\).*/\1/')
  minor=$(echo "$version" | sed 's/^v[0-9]*\.\([0-9]*\).*/\1/')
  [ "$major" -gt "${lowest%.*}" ] || { [ "$major" -eq "${lowest%.*}" ] && [ "$minor" -ge "${lowest#*.}" ]; }
}

# npm writes node_modules/.package-lock.json last, so an older one means the lock file has changed since.
installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  command -v npm >/dev/null 2>&1 || fail "npm is not installed; install Node.js (any version from 20) with npm, then run this again"
  echo 'muster: installing the packages of package-lock.json …'
  log=$(mktemp)
  # The output is many lines of warnings about the Node that runs npm; it matters only when npm fails.
  if ! npm ci --no-audit --no-fund </dev/null >"$log" 2>&1; then
    grep -v EBADENGINE "$log" | tail -n 20 >&2
    rm -f "$log"
    fail 'npm ci failed (its last lines are above)'
  fi
  rm -f "$log"
  touch "$installed"
fi

# The package `node` fetches its binary in an install script, which an npm that blocks those scripts has skipped.
if ! have_node; then
  echo 'muster: fetching the Node of the package "node" …'
  npm rebuild node --foreground-scripts </dev/null >/dev/null 2>&1 || true
  have_node || (cd node_modules/node && node installArchSpecificPackage.js </dev/null >/dev/null 2>&1) || true
fi
have_node || fail "node_modules/.bin/node is $("$node" -v 2>/dev/null || echo missing), needed is $lowest or later; \
run \`npm rebuild node\` and read what it says, or put a Node $lowest or later first in PATH and link it there"
