#!/usr/bin/env bash
# xdotool 3.20160805.1, wmctrl 1.07 (Debian 12): a window's position is told with its frame added twice.
# One expects: `xdotool getwindowgeometry` and `wmctrl -lG` tell where the window's contents are on the screen, as xwininfo
#   ("Absolute upper-left") does: a point of a picture of the window, plus that, is where to click.
# What happens: under a window manager that puts a window into a frame, the window's place in its frame is added to the place on
#   the screen, which has it already. xdotool contradicts itself: `mousemove --window W 0 0` goes to the right point.
# Who is affected: bots that compute where to click, or crop a screenshot: they are off by the width of the border and the height
#   of the title bar, and hit the neighbour of a small button. Without a window manager (a test on a bare Xvfb) all is right.
set -u
jobs=()
folder=$(mktemp -d) && trap 'kill "${jobs[@]}" 2>>log; rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
for program in Xvfb openbox xterm xdotool wmctrl xwininfo; do
  command -v $program >/dev/null || absent "$program is not installed (Debian: xvfb openbox xterm xdotool wmctrl x11-utils)"
done
Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset 3>number 2>>log &
jobs+=($!)
for _ in {1..100}; do [ -s number ] || sleep 0.1; done
[ -s number ] || absent "Xvfb did not start"
DISPLAY=:$(cat number) && export DISPLAY

cat >expected <<'END'
without a window manager: xdotool is off by 0 and 0, wmctrl is not possible, the mouse by 0 and 0
in a frame of openbox: xdotool is off by the frame, wmctrl is off by the frame, the mouse by 0 and 0
END
show() {  # $1: where
  xterm -bw 0 -T "$1" -geometry 20x5+100+100 >>log 2>&1 & jobs+=($!)
  for _ in {1..100}; do window=$(xdotool search --onlyvisible --name "^$1\$" | tail -n 1); [ "$window" ] && break; sleep 0.1; done
  sleep 1
  read -r x y left top < <(xwininfo -id "$window" | awk '/upper-left/ {printf "%s ", $NF}')
  told=$(xdotool getwindowgeometry --shell "$window") && dx=$(($(value X) - x)) dy=$(($(value Y) - y))
  xdotool="by $dx and $dy" && [ "$left/$top" != 0/0 ] && [ "$dx $dy" = "$left $top" ] && xdotool="by the frame"
  wmctrl=$(wmctrl -lG 2>>log | awk -v name="$1" -v x="$x" -v y="$y" '$0 ~ name {print $3 - x, $4 - y}')
  case "$wmctrl" in "") wmctrl="not possible" ;; "$left $top") wmctrl="off by the frame" ;; esac
  xdotool mousemove --window "$window" 0 0 && told=$(xdotool getmouselocation --shell)
  echo "$1: xdotool is off $xdotool, wmctrl is $wmctrl, the mouse by $(($(value X) - x)) and $(($(value Y) - y))" >>seen
  printf '%s' "(contents at $x,$y, in the frame at $left,$top, told at $((x + dx)),$((y + dy))) " >>places
}
value() { sed -n "s/^$1=//p" <<<"$told"; }
show "without a window manager"
openbox >>log 2>&1 & jobs+=($!)
sleep 2
show "in a frame of openbox"
dpkg-query -W xdotool wmctrl openbox xvfb 2>>log
cat places; echo
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
