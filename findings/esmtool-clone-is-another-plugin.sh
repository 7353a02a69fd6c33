#!/usr/bin/env bash
# esmtool 1.2 (Debian's openmw-cs 0.47.0): `esmtool clone` keeps neither terrain nor the references' numbers.
# One expects, by its --help: `clone A B` "clones the input file to the output file", `comp A B` "compares" them.
# What happens: clone says "Done!" and exits with 0. Its land has no heights, normals, colours and textures, though the flags
#   announce them. A cell has no references if it begins with a moved one. The byte of a reference's number that says which
#   master it is of is arbitrary, and the same for all: the master's guard 7 and this file's stone 7 become one. A master
#   (file type 1) becomes a plugin (0). comp exits with 0 without "Not equal": it only counts the records.
# Who is affected: whoever saves a Morrowind or OpenMW plugin again with it, or tests a reader or writer of the format by it.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
PATH=$PATH:/usr/games
{ command -v esmtool && command -v python3; } >/dev/null || absent "not installed (Debian: openmw-cs python3)"

cat >expected <<'END_OF_EXPECTED'
clone: exit status 0, Done!
original.esm: file type 1
  cell (0, 0), references with 2 different numbers: guard stone
  land (0, 0), flags 7: VNML VHGT WNAM VCLR VTEX
  cell (0, 1), references with 2 different numbers: guard stone
copy.esm: file type 0
  cell (0, 0), references with 1 different numbers: guard stone
  land (0, 0), flags 7:
  cell (0, 1), references with 0 different numbers:
comp: exit status 0, lines with "Not equal": 0
END_OF_EXPECTED
cat >write.py <<'END_OF_PYTHON'
from struct import pack

def part(name, data):
    return name + pack("<I", len(data)) + data

def record(name, *parts):
    return name + pack("<III", sum(map(len, parts)), 0, 0) + b"".join(parts)

def reference(number, name):
    return part(b"FRMR", pack("<I", number)) + part(b"NAME", name) + part(b"DATA", pack("<6f", 9, 9, 1280, 0, 0, 0))

def cell(x, y, moved, number):  # one reference of the first master (1 << 24), one (counted in NAM0) of this file
    return record(b"CELL", part(b"NAME", b"\0"), part(b"DATA", pack("<Iii", 2, x, y)), moved,
                  reference(1 << 24 | number, b"guard\0"), part(b"NAM0", pack("<I", 1)), reference(number, b"stone\0"))

moved = part(b"MVRF", pack("<I", 1 << 24 | 8)) + part(b"CNDT", pack("<ii", 0, 0))
land = [(b"INTV", pack("<ii", 0, 0)), (b"DATA", pack("<I", 1 | 2 | 4)),  # a grey plain, 160 steps of 8 high
        (b"VNML", bytes([0, 0, 127]) * 65**2), (b"VHGT", pack("<f", 160) + bytes(65**2 + 3)), (b"WNAM", bytes([10]) * 9**2),
        (b"VCLR", bytes([128]) * 3 * 65**2), (b"VTEX", bytes(2 * 16**2))]
header = part(b"HEDR", pack("<fI32s256sI", 1.3, 1, b"Somebody", b"A plain", 3))  # version, type (master), ..., records
with open("original.esm", "wb") as file:
    file.write(record(b"TES3", header, part(b"MAST", b"Base.esm\0"), part(b"DATA", pack("<Q", 1000))))
    file.write(cell(0, 0, b"", 7) + record(b"LAND", *(part(*each) for each in land)) + cell(0, 1, moved, 8))
END_OF_PYTHON
cat >show.py <<'END_OF_PYTHON'
import sys
from struct import unpack_from as read

def split(data, head):
    while data:
        end = head + read("<I", data, 4)[0]
        yield data[:4].decode(), data[head:end]
        data = data[end:]

for file, kind, body in [(file, *each) for file in sys.argv[1:] for each in split(open(file, "rb").read(), 16)]:
    parts = list(split(body, 8))
    if kind == "TES3":
        print(f"{file}: file type {read('<I', parts[0][1], 4)[0]}")
    elif kind == "CELL":
        names = [value[:-1].decode() for name, value in parts[1:] if name == "NAME"]
        numbers = {value for name, value in parts if name == "FRMR"}
        print(f"  cell {read('<ii', parts[1][1], 4)}, references with {len(numbers)} different numbers:", *names)
    else:
        print(f"  land {read('<ii', parts[0][1])}, flags {read('<I', parts[1][1])[0]}:", *(name for name, value in parts[2:]))
END_OF_PYTHON
python3 write.py && timeout 20 esmtool clone original.esm copy.esm >out 2>log
echo "clone: exit status $?, $(grep -o 'Done!' out)" >seen
python3 show.py original.esm copy.esm >>seen 2>&1
timeout 20 esmtool comp original.esm copy.esm >out 2>>log
echo "comp: exit status $?, lines with \"Not equal\": $(grep -ac 'Not equal' out)" >>seen
dpkg-query -W openmw-cs && esmtool --version
printf '%s\n' "--- came when this was written:" "$(<expected)" "--- came now:" "$(<seen)"
cmp -s expected seen
