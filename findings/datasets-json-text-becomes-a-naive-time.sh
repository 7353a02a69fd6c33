#!/usr/bin/env bash
# datasets 5.2.0: load_dataset("json") turns texts that look like times of whole seconds into times without a zone.
# One expects: a JSON string is a string. Or else a time is a time, with its offset, however many digits its seconds have.
# What happens: where every value of a column looks like a date or a time of whole seconds, the column becomes timestamp[s]: the
#   offset is applied and then forgotten (a naive datetime, of UTC). One value with a fraction, or of another form, makes them all
#   strings. It reaches into nested lists too: a chat in which each message is a date has datetimes as its contents.
# Who is affected: readers of logs: Python's isoformat() leaves the fraction out when it is 0, so the column's type depends on
#   the rows of a file; a naive time taken as local time is hours off. And trainers whose texts are dates.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet datasets==5.2.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"
export HF_HOME=$folder/home HF_HUB_OFFLINE=1

cat >expected <<'END'
datasets 5.2.0
['2026-12-01T10:00:00+02:00']: timestamp[s]: datetime(2026, 12, 1, 8, 0), zone None
['2026-12-01T10:00:00+02:00', '2026-12-01T10:00:00.5+02:00']: string: '2026-12-01T10:00:00+02:00'
['2026-12-01', '2026-12-02']: timestamp[s]: datetime(2026, 12, 1, 0, 0), zone None
['2026-12-01', 'tomorrow']: string: '2026-12-01'
a chat's contents: datetime(2026, 12, 1, 0, 0)
END
timeout 60 env/bin/python - >seen 2>>log <<'END'
import json
from pathlib import Path

import datasets

print("datasets", datasets.__version__)


def load(name, rows):
    Path(f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return datasets.load_dataset("json", data_files=f"{name}.jsonl", cache_dir=f"{name}-cache", split="train")


for number, times in enumerate((["2026-12-01T10:00:00+02:00"],
                                ["2026-12-01T10:00:00+02:00", "2026-12-01T10:00:00.5+02:00"],
                                ["2026-12-01", "2026-12-02"], ["2026-12-01", "tomorrow"])):
    loaded = load(f"times{number}", [{"time": time} for time in times])
    first = loaded[0]["time"]
    told = repr(first).removeprefix("datetime.") + ("" if isinstance(first, str) else f", zone {first.tzinfo}")
    print(f"{times}: {loaded.features['time'].dtype}: {told}")
chat = load("chat", [{"messages": [{"role": "user", "content": "2026-12-01"}]}])
print("a chat's contents:", repr(chat[0]["messages"][0]["content"]).removeprefix("datetime."))
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
