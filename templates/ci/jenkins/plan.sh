set -eu
out="$WORKSPACE@tmp/scfdeploy"
mkdir -p -- "$out/$NUMBER"
status=0
"$out/venv/bin/scfdeploy" plan --prebuilt --stage="$STAGE" --out "$out/$NUMBER/plan.json" -- "$PROJECT" > "$out/$NUMBER/plan.txt" || status=$?
cat -- "$out/$NUMBER/plan.txt"
exit "$status"
