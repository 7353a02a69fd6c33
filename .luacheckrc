std = "luajit"
max_line_length = 120

-- What TES3MP and CoreScripts give to a script, and the one global that a timer's name demands.
local server = {
  "tes3mp", "customEventHooks", "customCommandHooks", "Players", "LoadedCells", "WorldInstance", "logicHandler",
  "inventoryHelper", "tableHelper", "enumerations", "config", "color", "packetBuilder", "dataTableBuilder",
  "RecordStores", "banList",
}
read_globals = server
-- Written by `make api-table`.
files["lua/timmy/raw/table.lua"] = { max_line_length = false }
files["lua/timmy/bridge.lua"] = { globals = { "TimmyBridgePoll" } }
-- The simulator of the server defines the same globals.
files["lua/simulator"] = { globals = server }
files["tests/lua"] = { globals = server }
