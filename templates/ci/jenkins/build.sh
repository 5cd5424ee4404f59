set -eu
"$WORKSPACE@tmp/scfdeploy/venv/bin/scfdeploy" build --no-hook ${STAGE:+--stage="$STAGE"} -- "$PROJECT"
