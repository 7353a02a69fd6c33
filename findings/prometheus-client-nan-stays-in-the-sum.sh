#!/usr/bin/env bash
# prometheus_client 0.26.0: one observation of NaN makes a histogram's sum NaN for ever, and counts as if it had not been made.
# One expects: what is no number is refused, or counted somewhere: the sum and the count speak of the same observations.
# What happens: no bucket and no count takes it, but the sum does. From then on every scrape reports NaN, whatever is observed
#   after it, and nothing in the counts says that there was one. A Summary does count it.
# Who is affected: whoever computes means (rate of the sum over rate of the count): one failed measurement blanks that graph
#   until the process starts anew, and no bucket shows why.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet prometheus_client==0.26.0; } >log 2>&1 ||
  absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
prometheus_client 0.26.0
Histogram after 0.5: bucket +Inf 1.0, count 1.0, sum 0.5
Histogram after NaN: bucket +Inf 1.0, count 1.0, sum nan
Histogram after 1.5: bucket +Inf 2.0, count 2.0, sum nan
Summary after 0.5: count 1.0, sum 0.5
Summary after NaN: count 2.0, sum nan
Summary after 1.5: count 3.0, sum nan
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Histogram, Summary

print("prometheus_client", version("prometheus_client"))
for kind in (Histogram, Summary):
    registry = CollectorRegistry()
    seconds = kind("answer_seconds", "From a question to its answer.", registry=registry)
    for value in (0.5, float("nan"), 1.5):
        seconds.observe(value)
        numbers = {"bucket +Inf": registry.get_sample_value("answer_seconds_bucket", {"le": "+Inf"}),
                   "count": registry.get_sample_value("answer_seconds_count"),
                   "sum": registry.get_sample_value("answer_seconds_sum")}
        told = [f"{name} {number}" for name, number in numbers.items() if number is not None]
        print(f"{kind.__name__} after {value if value == value else 'NaN'}: {', '.join(told)}")
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
