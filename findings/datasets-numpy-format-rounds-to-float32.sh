#!/usr/bin/env bash
# datasets 5.2.0: with the format "numpy" an int64 column with one missing value is read as float32: times are seconds off.
# One expects: a column declared int64 or float64 gives its values: int64 and float64, or, where one is missing, at least
#   float64 with NaN, as with the format "pandas".
# What happens: a column that is read in batches (a slice, iter(), the whole column) becomes float32 as soon as it holds a float
#   or a null. float32 has 24 bits: a time in milliseconds is rounded to 131 s. A single row of the same column is exact, so
#   that looking at ds[0] shows nothing.
# Who is affected: whoever trains or measures with times, ids or ticks from a data set of episodes: they are wrong in every episode
#   that has a gap, and in every float64 column.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet datasets==5.2.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
datasets 5.2.0
int64, nothing missing: the row int64 1796089325315; the slice int64 1796089325315
int64, one missing: the row int64 1796089325315; the slice float32 1796089315328
float64, nothing missing: the row float64 1796089325.315; the slice float32 1796089344.0
int64, one missing, format pandas: the slice float64 1796089325315
END
timeout 60 env/bin/python - >seen 2>>log <<'END'
import datasets

print("datasets", datasets.__version__)
for what, values in (("int64, nothing missing", [1796089325315, 7]), ("int64, one missing", [1796089325315, None]),
                     ("float64, nothing missing", [1796089325.315, 7.0])):
    rows = datasets.Dataset.from_dict({"time": values})
    assert rows.features["time"].dtype == what.partition(",")[0]
    read = rows.with_format("numpy")
    row, part = read[0]["time"], read[:]["time"]
    first = part[0].item() if what.startswith("float") else int(part[0])
    print(f"{what}: the row {row.dtype} {row}; the slice {part.dtype} {first}")
part = datasets.Dataset.from_dict({"time": [1796089325315, None]}).with_format("pandas")[:]["time"]
print(f"int64, one missing, format pandas: the slice {part.dtype} {int(part[0])}")
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
