#!/usr/bin/env bash
# gymnasium 1.4.0: two Dict spaces that are equal (==) flatten the same observation to different vectors.
# One expects: Dict({"speed": ..., "gear": ...}) and Dict(speed=..., gear=...) are two ways to write one space; what compares
#   equal and contains the same observations gives the same vector.
# What happens: a plain dict's keys are sorted, keywords (and an OrderedDict) keep their order, == does not look at the
#   order, and flatten goes by it. unflatten with the other space exchanges the values without an error.
# Who is affected: a policy trained on one and served with the other (a space that was rebuilt from a file, say). Every check
#   passes, and the inputs are permuted.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet gymnasium==1.4.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
gymnasium 1.4.0
equal: True; both contain the observation: True
flattened by the space of a dict: [3.0, 80.0]
flattened by the space of keywords: [80.0, 3.0]
there and back through the other: {'gear': 80.0, 'speed': 3.0}
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import gymnasium
import numpy
from gymnasium.spaces import Box, Dict, flatten, unflatten

print("gymnasium", gymnasium.__version__)


def number():
    return Box(0, 100, (1,), numpy.float32)


of_dict = Dict({"speed": number(), "gear": number()})
of_keywords = Dict(speed=number(), gear=number())
seen = {"speed": numpy.array([80], numpy.float32), "gear": numpy.array([3], numpy.float32)}
print(f"equal: {of_dict == of_keywords}; both contain the observation: {seen in of_dict and seen in of_keywords}")
print("flattened by the space of a dict:", flatten(of_dict, seen).tolist())
print("flattened by the space of keywords:", flatten(of_keywords, seen).tolist())
back = unflatten(of_dict, flatten(of_keywords, seen))
print("there and back through the other:", {name: float(back[name][0]) for name in sorted(back)})
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
