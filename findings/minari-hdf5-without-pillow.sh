#!/usr/bin/env bash
# Minari 0.5.4: `pip install "minari[hdf5]"` installs what cannot write or read a data set.
# One expects, by its documentation: the extra `hdf5` brings what the HDF5 storage, which is the default, needs.
# What happens: the storage imports Pillow, also for data without pictures; neither the package nor the extra asks for it.
#   Creating a data set ends with ModuleNotFoundError: No module named 'PIL'. With Pillow the same program succeeds.
# Who is affected: whoever installs it into an environment without Pillow: services, images, continuous integration.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
install() { timeout 150 env/bin/pip install --quiet "$@" >>log 2>&1 || absent "pip: $(tail -n 1 log)"; }
python3 -m venv env >log 2>&1 || absent "python3 -m venv failed (Debian: python3-venv)"
install "minari[hdf5]==0.5.4" gymnasium==1.4.0

cat >expected <<'END'
without Pillow: ModuleNotFoundError: No module named 'PIL'
with Pillow: 1 episode of 2 steps
END
cat >write.py <<'END'
import sys
from pathlib import Path

import numpy as np
from gymnasium.spaces import Box, Discrete
from minari.data_collector import EpisodeBuffer
from minari.dataset.minari_storage import MinariStorage

folder = Path(sys.argv[1]).resolve()
folder.mkdir()
try:
    storage = MinariStorage.new(folder, Box(0.0, 9.0, (1,)), Discrete(2), data_format="hdf5")
    episode = EpisodeBuffer(
        observations=np.array([[0.0], [1.0], [2.0]], np.float32),
        actions=np.array([1, 1]),
        rewards=np.array([0.0, 1.0]),
        terminations=np.array([False, True]),
        truncations=np.array([False, False]),
    )
    storage.update_episodes([episode])
    print(f"{storage.total_episodes} episode of {storage.total_steps} steps")
except ImportError as error:
    print(f"{type(error).__name__}: {error}")
END
echo "without Pillow: $(env/bin/python write.py one 2>>log)" >seen
install pillow==12.0.0
echo "with Pillow: $(env/bin/python write.py two 2>>log)" >>seen
env/bin/pip list 2>>log | grep -iE '^(minari|gymnasium|h5py|numpy) '
printf '%s\n' "--- came when this was written:" "$(<expected)" "--- came now:" "$(<seen)"
cmp -s expected seen
