set -eu
out="$WORKSPACE@tmp/scfdeploy"
"$out/venv/bin/scfdeploy" apply --prebuilt --plan "$out/$NUMBER/plan.json"
