#!/usr/bin/env bash
# gymnasium 1.4.0: in a vector environment the first world's value decides the type of an info entry; 2.5 arrives as 2.
# One expects: the entries of one name become an array that holds every world's value (a common type, or objects).
# What happens: the array gets the type of the first world that reports the name, and the others' values are cast into it
#   without a word: floats lose their fraction, numbers become True. None after a number raises, before it does not. It is
#   decided anew at each step: an environment that writes 0 for "none yet" and 2.5 later is hit now and then.
# Who is affected: whoever logs or learns from info (distances, costs, scores, ids): the same world reports 2.5 alone and 2 in
#   a vector.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet gymnasium==1.4.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
gymnasium 1.4.0
worlds report 2.5 and 0: [2.5, 0.0]
worlds report 0 and 2.5: [0, 2]
worlds report True and 7: [True, True]
worlds report None and 2.5: [None, 2.5]
worlds report 0 and None: TypeError
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import gymnasium
from gymnasium.spaces import Discrete
from gymnasium.vector import SyncVectorEnv


class World(gymnasium.Env):
    observation_space = action_space = Discrete(2)

    def __init__(self, cost):
        self.cost = cost

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        return 0, 0.0, False, False, {"cost": self.cost}


print("gymnasium", gymnasium.__version__)
for one, other in ((2.5, 0), (0, 2.5), (True, 7), (None, 2.5), (0, None)):
    worlds = SyncVectorEnv([lambda: World(one), lambda: World(other)])
    worlds.reset(seed=1)
    try:
        told = worlds.step([0, 0])[4]["cost"].tolist()
    except TypeError as failure:
        told = type(failure).__name__
    print(f"worlds report {one} and {other}: {told}")
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
