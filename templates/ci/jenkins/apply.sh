set -eu
out="$WORKSPACE@tmp/scfdeploy"
"$out/venv/bin/scfdeploy" apply --plan "$out/$NUMBER/plan.json"
