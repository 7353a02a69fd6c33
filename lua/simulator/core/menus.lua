--- Menus of buttons as CoreScripts' menuHelper shows them, in words of their own: /help, and the example of crafting.
local M = {}

local MENU_HELPER = 9001 -- config.customMenuIds.menuHelper

local MENUS = {
  ["help player"] = {
    text = "#FF8C00Player commands:\n#FFFF00/me <text>#FFFFFF in the third person",
    buttons = { { "Exit" } },
  },
  ["crafting"] = {
    text = "What would you like to make?",
    buttons = { { "White pillow", "how many" }, { "Guarskin drum", "no materials" }, { "Exit" } },
  },
  ["how many"] = {
    text = "How many?",
    buttons = { { "1", "no materials" }, { "5", "no materials" }, { "Back", "crafting" } },
  },
  ["no materials"] = { text = "You have not the materials.", buttons = { { "Ok" } } },
}

--- Shows a menu to a player.
function M.display(pid, name)
  local captions = {}
  for _, button in ipairs(MENUS[name].buttons) do captions[#captions + 1] = button[1] end
  Players[pid].currentCustomMenu = name
  tes3mp.CustomMessageBox(pid, MENU_HELPER, MENUS[name].text, table.concat(captions, ";"))
end

--- Goes where the pressed button of a player's menu leads.
function M.pressed(pid, id, data)
  local menu = id == MENU_HELPER and MENUS[Players[pid].currentCustomMenu]
  local button = menu and menu.buttons[(tonumber(data) or -1) + 1]
  if button and button[2] then M.display(pid, button[2]) end
end

return M
