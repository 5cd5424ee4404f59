set -eu
out="$WORKSPACE@tmp/scfdeploy"
mkdir -p -- "$out/$NUMBER"
status=0
"$out/venv/bin/scfdeploy" validate ${STAGE:+--stage="$STAGE"} --format junit -- "$PROJECT" > "$out/$NUMBER/validate.xml" || status=$?
# Once more for the log, which is read by people.
"$out/venv/bin/scfdeploy" validate ${STAGE:+--stage="$STAGE"} -- "$PROJECT" || true
exit "$status"
