#!/usr/bin/env bash
# Xvfb 21.1.7 (Debian 12): a keyboard layout that setxkbmap sets is gone when setxkbmap ends.
# One expects: `setxkbmap -layout de` holds until the X server ends or somebody sets another, as on a desktop.
# What happens: the server starts anew (without a word, and under the same number) whenever its last client leaves. On a bare
#   Xvfb setxkbmap itself is that client: exit status 0, and the next program finds the American layout. The same goes for
#   every property of the root window. `Xvfb -noreset`, or a client that stays, keeps them.
# Who is affected: tests and bots that prepare a display by a script and then start their program.
set -u
jobs=()
folder=$(mktemp -d) && trap 'kill "${jobs[@]}" 2>>log; rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
for program in Xvfb setxkbmap xkbcomp xprop; do
  command -v $program >/dev/null || absent "$program is not installed (Debian: xvfb x11-xkb-utils x11-utils)"
done

cat >expected <<'END'
Xvfb: setxkbmap 0, the key right of P is bracketleft, the property is gone
Xvfb -noreset: setxkbmap 0, the key right of P is udiaeresis, the property is there
END
for option in "" -noreset; do
  Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp $option 3>number 2>>log &
  jobs+=($!)
  for _ in {1..100}; do [ -s number ] || sleep 0.1; done
  [ -s number ] || absent "Xvfb did not start"
  DISPLAY=:$(cat number) && export DISPLAY && rm number
  setxkbmap -layout de 2>>log
  status=$?
  xprop -root -f _NOTE 8s -set _NOTE hello 2>>log
  sleep 1
  key=$(xkbcomp -xkb "$DISPLAY" - 2>>log | grep -m 1 'key <AD11>' -A 3 | grep -oE 'bracketleft|udiaeresis' | head -n 1)
  property=gone
  xprop -root _NOTE 2>>log | grep -q hello && property=there
  echo "Xvfb${option:+ $option}: setxkbmap $status, the key right of P is $key, the property is $property" >>seen
done
dpkg-query -W xvfb x11-xkb-utils 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen || { tail -n 5 log; exit 1; }
