set -eu
cd -- "$FOLDER"
sh -c "$HOOK"
