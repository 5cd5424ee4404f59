set -eu
out="$WORKSPACE@tmp/scfdeploy"
mkdir -p -- "$out/$NUMBER"
status=0
"$out/venv/bin/scfdeploy" validate ${STAGE:+--stage="$STAGE"} --format junit -- "$PROJECT" > "$out/$NUMBER/validate.xml" || status=$?
# Again as text, for the log.
"$out/venv/bin/scfdeploy" validate ${STAGE:+--stage="$STAGE"} -- "$PROJECT" || true
exit "$status"
