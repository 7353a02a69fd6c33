#!/usr/bin/env bash
# Starts a TES3MP server with the bridge in it. The first start fills the data folder; each start renews the bridge.
#
#   TES3MP               where the release was unpacked            /opt/tes3mp
#   TES3MP_DATA          CoreScripts, players, world: the volume   /data
#   TES3MP_PORT          the game's UDP port                       25565
#   TES3MP_NAME          what the server list shows                Timmy's world
#   TES3MP_PLAYERS       how many may play                         64
#   TES3MP_PASSWORD      what players must know; none by default
#   TES3MP_MASTER        true: the public server list shows it     false
#   TIMMY                the command of timmy_actors               timmy-actors
set -euo pipefail

release=${TES3MP:-/opt/tes3mp}
data=${TES3MP_DATA:-/data}

fill_data() {
  [ -e "$data/.filled" ] && return
  cp -an "$release/server/." "$data/"
  touch "$data/.filled" # a start that was cut short fills the rest the next time
}

# The user's settings go over the release's. A line break in a value would be another setting.
write_settings() {
  local folder=${XDG_CONFIG_HOME:-$HOME/.config}/openmw value
  for value in "${TES3MP_NAME:-}" "${TES3MP_PASSWORD:-}" "${TES3MP_PORT:-}" "${TES3MP_PLAYERS:-}" "${TES3MP_MASTER:-}"; do
    case $value in *$'\n'*) echo "server.sh: a setting must be one line" >&2; exit 78 ;; esac
  done
  mkdir -p "$folder"
  (
    umask 077
    cat >"$folder/tes3mp-server.cfg" <<EOF
[General]
localAddress = 0.0.0.0
port = ${TES3MP_PORT:-25565}
maximumPlayers = ${TES3MP_PLAYERS:-64}
hostname = ${TES3MP_NAME:-"Timmy's world"}
password = ${TES3MP_PASSWORD:-}

[Plugins]
home = $data

[MasterServer]
enabled = ${TES3MP_MASTER:-false}
EOF
  )
}

fill_data
"${TIMMY:-timmy-actors}" install-lua "$data"
write_settings
cd "$release"
# exec: signals reach the server itself. /dev/null: a closed standard input would end it, a newline stop it.
LD_LIBRARY_PATH=./lib exec ./tes3mp-server.x86_64 </dev/null
