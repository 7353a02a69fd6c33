#!/usr/bin/env bash
# tomlkit 0.15.2: adding a table below a dotted key moves the lines that follow it into the new table.
# One expects: document["game"]["window"]["size"] = {...} adds that table, and every other value stays where it was; the document
#   in memory says so.
# What happens: dumps() writes `[game.window.size]` between the dotted keys. In TOML all lines up to the next header belong to
#   it: the file is valid, and `game.speed` is now game.window.size.game.speed.
# Who is affected: programs that add settings to a file which a person wrote with dotted keys: other settings are gone at the
#   next start, without an error.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet tomlkit==0.15.2; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
tomlkit 0.15.2
in memory: {'game': {'window': {'title': 'Seyda', 'size': {'width': 640}}, 'speed': 2}}
the file:
  game.window.title = "Seyda"
  
  [game.window.size]
  width = 640
  game.speed = 2
read again: {'game': {'window': {'title': 'Seyda', 'size': {'width': 640, 'game': {'speed': 2}}}}}
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import tomllib
from textwrap import indent

import tomlkit

print("tomlkit", tomlkit.__version__)
document = tomlkit.parse('game.window.title = "Seyda"\ngame.speed = 2\n')
document["game"]["window"]["size"] = {"width": 640}
text = tomlkit.dumps(document)
print("in memory:", document.unwrap())
print("the file:", indent(text, "  ", lambda line: True).rstrip(), sep="\n")
print("read again:", tomllib.loads(text))
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
