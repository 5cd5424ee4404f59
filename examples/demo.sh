#!/bin/sh
# Takes one example through its whole life on the local server, and shows each step. Needs no keys and no network.
# Usage: sh examples/demo.sh [EXAMPLE], with scfdeploy on the PATH.
set -eu

example=${1:-orders}
examples=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ ! -f "$examples/$example/serverless.yml" ]; then
    echo "demo.sh: there is no example called $example" >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cp -R "$examples/$example" "$work/$example"
rm -rf -- "$work/$example/.scfdeploy"
cd "$work/$example"

# Show a command, run it, stop when it does not end well.
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
if [ -f event.json ]; then # a web server is called by its URL, which only the cloud has
    run scfdeploy invoke --local --event event.json
fi
run scfdeploy status --local

printf '\nA second run has nothing to do; with --detailed-exitcode a change would exit with 4.\n'
run scfdeploy plan --detailed-exitcode --local
run scfdeploy destroy --local --yes

printf '\nDone. The same commands without --local, and with keys in the environment or .env, use Tencent Cloud.\n'
