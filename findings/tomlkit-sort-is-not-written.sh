#!/usr/bin/env bash
# tomlkit 0.15.2: sort() on an array sorts what the program reads, and leaves the document as it was.
# One expects: an array of a parsed document is a list whose changes are written: append, insert, pop, reverse and
#   assignments all are.
# What happens: after array.sort() the array reads as sorted, and dumps() writes the old order, without an error.
# Who is affected: tools that keep lists of a settings file sorted (plug-ins, load orders, bindings): the program uses one
#   order, and the file that it saved has another.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet tomlkit==0.15.2; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
tomlkit 0.15.2
parsed: [3, 1, 2]
after sort() the program reads [1, 2, 3]; the file has 'order = [3, 1, 2]'
after reverse() the program reads [2, 1, 3]; the file has 'order = [2, 1, 3]'
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import tomlkit

print("tomlkit", tomlkit.__version__)
print("parsed:", list(tomlkit.parse("order = [3, 1, 2]\n")["order"]))
for name in ("sort", "reverse"):
    document = tomlkit.parse("order = [3, 1, 2]\n")
    getattr(document["order"], name)()
    print(f"after {name}() the program reads {list(document['order'])}; the file has {tomlkit.dumps(document).strip()!r}")
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
