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
# Each plan fits into a comment, and several may not: then only the counts and what is deleted or replaced.
if [ "$(wc -c < "$body")" -gt 65000 ]; then
  printf '%s\nThe plans are too long for a comment. See the job summary for the rest.\n\n' "$mark" > "$body"
  for file in "$RUNNER_TEMP"/plans/plan.md "$RUNNER_TEMP"/plans/*/plan.md; do
    if [ -f "$file" ] && [ "$(wc -c < "$body")" -lt 55000 ]; then
      {
        head -n 3 -- "$file" | cut -c 1-1000
        printf '\n```diff\n'
        { grep -E '^(-|-/\+) ' "$file" || true; } | cut -c 1-200 | head -n 25
        printf '```\n\n'
      } >> "$body"
    fi
  done
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
