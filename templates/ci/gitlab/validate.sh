mkdir -p -- "$CI_PROJECT_DIR/.scfdeploy/ci"
status=0
"$TOOLS/bin/scfdeploy" validate --stage="$STAGE" --format junit -- "$PROJECT" \
  > "$CI_PROJECT_DIR/.scfdeploy/ci/validate.xml" || status=$?
# Again as text, for the log.
"$TOOLS/bin/scfdeploy" validate --stage="$STAGE" -- "$PROJECT" || true
[ "$status" -eq 0 ] || exit "$status"
