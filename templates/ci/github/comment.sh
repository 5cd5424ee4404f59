set -eu
mark='<!-- scfdeploy plan -->'
body="$RUNNER_TEMP/comment.md"
printf '%s\n' "$mark" > "$body"
for file in "$RUNNER_TEMP"/plans/plan.md "$RUNNER_TEMP"/plans/*/plan.md; do
  if [ -f "$file" ]; then
    cat -- "$file" >> "$body"
    printf '\n' >> "$body"
  fi
done
if [ "$(wc -c < "$body")" -gt 65000 ]; then
  printf '%s\nThe plan is too long for a comment. See the job summary.\n' "$mark" > "$body"
fi
comments="repos/$REPOSITORY/issues/$NUMBER/comments"
own='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- scfdeploy plan -->"))) | .id'
gh api --paginate "$comments" --jq "$own" > "$RUNNER_TEMP/comments.txt"
id=$(head -n 1 "$RUNNER_TEMP/comments.txt")
if [ -n "$id" ]; then
  gh api --silent --method PATCH "repos/$REPOSITORY/issues/comments/$id" --field body=@"$body"
else
  gh api --silent --method POST "$comments" --field body=@"$body"
fi
