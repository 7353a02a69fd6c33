#!/usr/bin/env bash
# bsatool (Debian's openmw-cs 0.47.0): a file of a folder that it added to an archive cannot be extracted by its name.
# One expects: what `bsatool add` put in, and `bsatool list` shows, `bsatool extract` finds.
# What happens: add stores the name as it was given, with slashes, and says nothing; the format's separator is the backslash, and
#   extract turns every slash into one before it looks the name up. So it finds neither spelling, and exits with 3. Only
#   extractall, which looks up no name, has the file. A file without a folder is found.
# Who is affected: whoever builds archives with it on Linux, for tests or for a mod: all looks right in the list, and the file
#   is missing where it is asked for by its name.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
PATH=$PATH:/usr/games
command -v bsatool >/dev/null || absent "bsatool is not installed (Debian: openmw-cs)"

cat >expected <<'END'
create: exit status 0
add readme.txt: exit status 0
add meshes/lamp.nif: exit status 0
list: meshes/lamp.nif readme.txt
extract readme.txt: exit status 0
extract meshes/lamp.nif: exit status 3
extract meshes\lamp.nif: exit status 3
extractall: exit status 0, it wrote meshes/lamp.nif
names in the archive: meshes/lamp.nif readme.txt
END
mkdir meshes out all && echo text >readme.txt && echo lamp >meshes/lamp.nif
run() { timeout 20 bsatool "$@" >>log 2>&1; echo "${1}${3:+ $3}: exit status $?"; }
{
  run create made.bsa
  run add made.bsa readme.txt
  run add made.bsa meshes/lamp.nif
  echo "list: $(timeout 20 bsatool list made.bsa | sort | xargs)"
  for name in readme.txt meshes/lamp.nif 'meshes\lamp.nif'; do
    timeout 20 bsatool extract made.bsa "$name" out >>log 2>&1; echo "extract $name: exit status $?"
  done
  timeout 20 bsatool extractall made.bsa all >>log 2>&1
  echo "extractall: exit status $?, it wrote $(cd all && echo meshes/*)"
  echo "names in the archive: $(grep -aoE 'meshes.lamp\.nif|readme\.txt' made.bsa | sort | xargs)"
} >seen 2>&1
dpkg-query -W openmw-cs 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
