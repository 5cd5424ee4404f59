#!/bin/sh
# Validates, deploys, calls and destroys an example on the local server. Needs no credentials and no network.
# Usage: sh examples/demo.sh [EXAMPLE], with scfdeploy on the PATH.
set -eu

example=${1:-orders}
examples=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ ! -f "$examples/$example/serverless.yml" ]; then
    echo "demo.sh: unknown example $example" >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cp -R "$examples/$example" "$work/$example"
rm -rf -- "$work/$example/.scfdeploy"
cd "$work/$example"

# Print a command, run it, and exit if it fails.
run() {
    printf '\n$ %s\n' "$*"
    status=0
    "$@" || status=$?
    if [ "$status" -ne 0 ]; then
        echo "demo.sh: exit code $status, expected 0" >&2
        exit 1
    fi
}

run cat serverless.yml
run scfdeploy validate
run scfdeploy plan --local
run scfdeploy apply --local --yes
if [ -f event.json ]; then # a web server is called through its URL instead
    run scfdeploy invoke --local --event event.json
fi
run scfdeploy status --local

printf '\nA second plan has no changes; with --detailed-exitcode, changes would exit with 4.\n'
run scfdeploy plan --detailed-exitcode --local
run scfdeploy destroy --local --yes

printf '\nDone. Without --local, and with credentials in the environment or .env, the same commands use Tencent Cloud.\n'
