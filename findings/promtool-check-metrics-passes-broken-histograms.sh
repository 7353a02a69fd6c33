#!/usr/bin/env bash
# promtool 2.42.0 (Debian's prometheus): `check metrics` passes histograms and samples that contradict themselves.
# One expects: it "checks metrics for consistency and correctness" (its --help): one value for a time series, buckets that do not
#   fall, a bucket +Inf that is the count.
# What happens: exit status 0 and not a word for each of them. It is a linter of names and help texts: a counter named `hits` is
#   reported.
# Who is affected: bridges that write the text format themselves, and whose tests rely on it: what a dashboard computes from such
#   a histogram, or shows of two values at once, is arbitrary.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
command -v promtool >/dev/null || absent "promtool is not installed (Debian: prometheus)"

cat >expected <<'END'
a counter named hits: exit status 3, 'hits counter metrics should have "_total" suffix'
a series with two values: exit status 0, ''
buckets that fall from 5 to 3: exit status 0, ''
a bucket +Inf of 3 with a count of 9: exit status 0, ''
a histogram without a bucket +Inf: exit status 0, ''
END
show() {  # $1: what; $2: the metrics
  told=$(timeout 10 promtool check metrics <<<"$2" 2>&1)
  echo "$1: exit status $?, '$told'"
}
type=$'# HELP answer_seconds Time to an answer.\n# TYPE answer_seconds histogram\nanswer_seconds_sum 4\nanswer_seconds'
{
  show "a counter named hits" $'# HELP hits Hits.\n# TYPE hits counter\nhits 1'
  show "a series with two values" $'# HELP players Players.\n# TYPE players gauge\nplayers 3\nplayers 4'
  show "buckets that fall from 5 to 3" "${type}_count 5"$'\n''answer_seconds_bucket{le="1"} 5
answer_seconds_bucket{le="2"} 3
answer_seconds_bucket{le="+Inf"} 5'
  show "a bucket +Inf of 3 with a count of 9" "${type}_count 9"$'\n''answer_seconds_bucket{le="+Inf"} 3'
  show "a histogram without a bucket +Inf" "${type}_count 5"$'\n''answer_seconds_bucket{le="1"} 5'
} >seen
promtool --version 2>&1 | head -n 1
dpkg-query -W prometheus 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
