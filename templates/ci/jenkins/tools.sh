set -eu
out="$WORKSPACE@tmp/scfdeploy"
rm -rf -- "$out"
mkdir -p -- "$out"
python3 -m venv "$out/venv"
"$out/venv/bin/python" -m pip install --disable-pip-version-check --quiet "$SCFDEPLOY_PACKAGE"
