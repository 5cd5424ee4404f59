set -eu
# The archive is a branch of its own, with one file for each project and stage. Records are only appended.
branch=scfdeploy-events
repository=$(git config --get remote.origin.url)
export GIT_TERMINAL_PROMPT=0
archive() {
  # A new repository has no hooks and no settings of the checkout. Links in it would lead outside.
  # shellcheck disable=SC2016
  git -C "$ARCHIVE" -c core.symlinks=false -c user.name=scfdeploy -c user.email=scfdeploy@localhost \
    -c credential.helper= -c 'credential.helper=!printf "username=%s\npassword=%s\n" "$GIT_USERNAME" "$GIT_PASSWORD" #' "$@"
}
fetch() {
  # Without commits of an earlier try, which would look as if they had been pushed.
  rm -rf -- "$ARCHIVE"
  git init --quiet --template= -- "$ARCHIVE"
  found=0
  archive ls-remote --exit-code -- "$repository" "refs/heads/$branch" > /dev/null || found=$?
  case $found in
    0) archive fetch --quiet --depth 1 -- "$repository" "refs/heads/$branch" && archive reset --quiet --hard FETCH_HEAD ;;
    2) ;; # the first run
    *) return "$found" ;;
  esac
}
publish() {
  # Also where settings of the machine ignore such files.
  archive add --all --force || return 1
  if archive diff --cached --quiet; then
    return 0
  fi
  archive commit --quiet --message "Archive events of $file [skip ci]" \
    && archive push --quiet -- "$repository" "HEAD:refs/heads/$branch"
}
escape() {
  printf '%s' "$1" | sed 's/%/%25/g; s/@/%40/g; s,/,%2F,g'
}
file=$(escape "$STAGE").jsonl
if [ "$PROJECT" != . ]; then
  file=$(escape "$PROJECT")@$file
fi
fetch
status=0
"$TOOLS/bin/scfdeploy" events pull --path "$PROJECT" --stage="$STAGE" --to "$ARCHIVE/$file" || status=$?
if [ -f "$ARCHIVE/$file" ]; then
  cp -- "$ARCHIVE/$file" "$ARCHIVE.new"
  tries=1
  until publish; do
    # Another job has pushed its file in the meantime.
    [ "$tries" -lt 3 ] || exit 1
    tries=$((tries + 1))
    fetch
    cp -- "$ARCHIVE.new" "$ARCHIVE/$file"
  done
fi
# Expired records fail the job after the others are saved.
exit "$status"
