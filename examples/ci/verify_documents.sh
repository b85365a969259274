#!/usr/bin/env bash
# Verify the documents of a pull request against its sources.
#
#   verify_documents.sh BASE [PATHSPEC...]
#
# BASE is what the change is compared with (a branch, or a commit); PATHSPEC says which documents there
# are, by default '*.md' (a star of git's is any depth: 'docs/*.md'). Checked are documents that changed,
# and all of them where Python sources did: code that moves makes documents wrong that nobody touched.
# What was wrong before does not fail.
#
#   ROOT=DIR      the folder that the documents speak of, from the top of the repository (.)
#   STRICT=1      moved places fail, too; else they are reported
#   SARIF=FILE    findings for a code-scanning page
#   TRACER=CMD    the command (tracer)
#
# Exit status: 0 nothing new is wrong; 1 something is refuted, missing or changed; 2 wrong use.
set -euo pipefail

die() { echo "verify_documents: $*" >&2; exit 2; }

[ $# -ge 1 ] || die "expected the commit or branch to compare with"
base=$1
shift
patterns=$*
[ $# -gt 0 ] || set -- '*.md'
tracer=${TRACER:-tracer}
root=${ROOT:-.}

cd "$(git rev-parse --show-toplevel)"
start=$(git merge-base "$base" HEAD) || die "no common commit of $base and HEAD; is the clone shallow?"

# A pattern that matches nothing would pass for ever.
if [ -n "$patterns" ] && [ -z "$(git ls-files -- "$@")" ]; then
    die "no document of the repository matches: $patterns"
fi

if git diff --quiet "$start" HEAD -- '*.py'; then
    list=(git diff --name-only -z --diff-filter=d "$start" HEAD -- "$@")
else
    list=(git ls-files -z -- "$@")
fi
documents=()
while IFS= read -r -d '' path; do documents+=("$path"); done < <("${list[@]}")
if [ ${#documents[@]} -eq 0 ]; then
    echo "nothing to verify: there is no document, or neither one nor a source changed since ${start:0:12}"
    exit 0
fi

scratch=$(mktemp -d)
trap 'git worktree remove --force "$scratch/base" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
git worktree add --quiet --detach "$scratch/base" "$start"

# What was wrong before. A document is known by its path, so both are verified from the top.
earlier=()
for path in "${documents[@]}"; do
    if [ -f "$scratch/base/$path" ]; then earlier+=("$path"); fi
done
beside=()
if [ ${#earlier[@]} -gt 0 ] && [ -d "$scratch/base/$root" ]; then
    status=0
    (cd "$scratch/base" && "$tracer" verify "${earlier[@]}" --root "$root" --json) \
        >"$scratch/baseline.json" || status=$?
    [ "$status" -le 1 ] || die "the documents of ${start:0:12} could not be verified"
    beside=(--baseline "$scratch/baseline.json")
fi

command=("$tracer" verify "${documents[@]}" --root "$root" --quiet ${beside[@]+"${beside[@]}"})
[ -n "${STRICT:-}" ] || command+=(--allow moved)
if [ -n "${SARIF:-}" ]; then
    "${command[@]}" --format sarif >"$SARIF" || [ $? -eq 1 ]
fi
status=0
"${command[@]}" || status=$?
exit "$status"
