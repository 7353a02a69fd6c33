#!/usr/bin/env bash
# openbox 3.6.1 and metacity 3.46.1 (Debian 12): _NET_ACTIVE_WINDOW does not reach a window of another workspace.
# One expects: a request with the source indication 2 is the user's own, by a pager or taskbar (EWMH): the window becomes
#   the active one and its workspace comes to the front, as it becomes the active one on the workspace in front.
# What happens: on the workspace in front the request is obeyed. For a window on another one both managers stay where they
#   are (and mark the window DEMANDS_ATTENTION). After _NET_CURRENT_DESKTOP the window is active.
# Who is affected: automation that focuses a window by that message alone: what it types next goes to another window.
set -u
jobs=()
folder=$(mktemp -d) && trap 'kill "${jobs[@]}" 2>>log; rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
for program in Xvfb openbox metacity xterm; do
  command -v $program >/dev/null || absent "$program is not installed (Debian: xvfb openbox metacity xterm)"
done
{ python3 -m venv env && timeout 100 env/bin/pip install --quiet python-xlib==0.33; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
openbox: asked for the window on the same workspace: it is active: True, workspace 0
openbox: asked for the window on another workspace: it is active: False, workspace 0
openbox: asked for that workspace: the window is active: True, workspace 1
metacity: asked for the window on the same workspace: it is active: True, workspace 0
metacity: asked for the window on another workspace: it is active: False, workspace 0
metacity: asked for that workspace: the window is active: True, workspace 1
END
cat >show.py <<'END'
import sys, time
from Xlib import X, display
from Xlib.protocol import event

screen = display.Display()
root, atom = screen.screen().root, screen.intern_atom

def prop(window, name):
    found = window.get_full_property(atom(name), X.AnyPropertyType)
    return list(found.value) if found else []

def until(true):
    ends = time.monotonic() + 3
    while not true() and time.monotonic() < ends:
        time.sleep(0.05)

def ask(window, name, *data):
    message = event.ClientMessage(window=window, client_type=atom(name), data=(32, [*data, 0, 0, 0, 0][:5]))
    root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)

until(lambda: len(prop(root, "_NET_CLIENT_LIST")) == 2 and prop(root, "_NET_ACTIVE_WINDOW")[-1:] > [0])
other = next(each for each in prop(root, "_NET_CLIENT_LIST") if [each] != prop(root, "_NET_ACTIVE_WINDOW"))
window, front = screen.create_resource_object("window", other), prop(root, "_NET_ACTIVE_WINDOW")[0]

def report(what, whose):
    until(lambda: prop(root, "_NET_ACTIVE_WINDOW") == [whose.id])
    active = prop(root, "_NET_ACTIVE_WINDOW") == [whose.id]
    print(f"{sys.argv[1]}: {what} is active: {active}, workspace {prop(root, '_NET_CURRENT_DESKTOP')[0]}")

ask(window, "_NET_ACTIVE_WINDOW", 2, X.CurrentTime)
report("asked for the window on the same workspace: it", window)
moved = screen.create_resource_object("window", front)
ask(moved, "_NET_WM_DESKTOP", 1, 2)
until(lambda: prop(moved, "_NET_WM_DESKTOP") == [1])
ask(moved, "_NET_ACTIVE_WINDOW", 2, X.CurrentTime)
report("asked for the window on another workspace: it", moved)
ask(root, "_NET_CURRENT_DESKTOP", 1, X.CurrentTime)
report("asked for that workspace: the window", moved)
END
dpkg-query -W openbox metacity xvfb 2>>log
for manager in openbox "metacity --sm-disable --no-composite"; do
  Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset 3>number 2>>log & jobs+=($!)
  for _ in {1..100}; do [ -s number ] || sleep 0.1; done
  [ -s number ] || absent "Xvfb did not start"
  DISPLAY=:$(cat number) && export DISPLAY && rm number
  $manager >>log 2>&1 & jobs+=($!)
  for _ in 1 2; do sleep 2; xterm >>log 2>&1 & jobs+=($!); done
  sleep 2; timeout 25 env/bin/python show.py "${manager%% *}" >>seen 2>&1
done
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
