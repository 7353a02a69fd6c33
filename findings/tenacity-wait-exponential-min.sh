#!/usr/bin/env bash
# tenacity 9.2.1: wait_exponential(min=4) does not start at 4 and grow from there: it waits 4 seconds three times.
# One expects: what its documentation says of wait_exponential(multiplier=1, min=4, max=10): "Wait 2^x * 1 second between each
#   retry starting with 4 seconds, then up to 10 seconds": 4, 8, 10.
# What happens: x counts from 0 and min is a floor: the computed 1 and 2 are raised to 4. The waits are 4, 4, 4, 8, 10.
# Who is affected: whoever chose min as the first wait: with min=60 the first six waits are alike, which is no backoff for a
#   server that is overloaded.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet tenacity==9.2.1; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
tenacity 9.2.1
multiplier=1, min=4, max=10: 4 4 4 8 10 10
multiplier=1, min=60, max=600: 60 60 60 60 60 60 64 128 256 512 600
multiplier=4, max=10: 4 8 10 10
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
from importlib.metadata import version

from tenacity import Retrying, stop_after_attempt, wait_exponential


def waits(count, **options):
    slept = []
    retrying = Retrying(sleep=slept.append, stop=stop_after_attempt(count + 1), wait=wait_exponential(**options))
    try:
        retrying(lambda: 1 / 0)
    except Exception:
        pass
    said = ", ".join(f"{name}={value}" for name, value in options.items())
    print(f"{said}: {' '.join(f'{each:g}' for each in slept)}")


print("tenacity", version("tenacity"))
waits(6, multiplier=1, min=4, max=10)
waits(11, multiplier=1, min=60, max=600)
waits(4, multiplier=4, max=10)
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
