local harness = require("harness")
local cells = require("timmy.state.cells")
local places = require("timmy.state.places")

local test = harness.test

local FEWEST_PLACES = 40
--- The highest spot of Vvardenfell is below this, and its sea floor is not a place to stand.
local HIGHEST_Z, LOWEST_Z = 8000, 0

local function is_exterior(place) return cells.grid(place.cell) ~= nil end

test("knows forty places and more", function()
  assert(#places.names >= FEWEST_PLACES, #places.names)
end)

test("puts every exterior place inside its own cell", function()
  for _, place in ipairs(places.all) do
    if is_exterior(place) then assert(cells.under(place.x, place.y) == place.cell, place.name) end
  end
end)

test("gives every exterior place a height that Vvardenfell has", function()
  for _, place in ipairs(places.all) do
    if is_exterior(place) then assert(place.z > LOWEST_Z and place.z < HIGHEST_Z, place.name) end
  end
end)

test("names only cells that can be given to the server", function()
  for _, place in ipairs(places.all) do
    assert(cells.is_safe(place.cell), place.name)
    for _, cell in ipairs(place.cells or {}) do assert(cells.is_safe(cell) and cells.grid(cell), place.name) end
  end
end)

test("gives each name and alias to one place only", function()
  local owner = {}
  for _, place in ipairs(places.all) do
    for _, name in ipairs({ place.name, unpack(place.aliases or {}) }) do
      assert(owner[name:lower()] == nil, name)
      owner[name:lower()] = place.name
    end
  end
end)

test("gives each named cell to one place only", function()
  local owner = {}
  for _, place in ipairs(places.all) do
    for _, cell in ipairs(place.cells or {}) do
      assert(owner[cell] == nil, cell)
      owner[cell] = place.name
    end
  end
end)

test("finds a place by name or alias, whatever the case and the spaces around it", function()
  assert(places.find("Balmora").cell == "-3, -2")
  assert(places.find("  bALMORA ").name == "Balmora")
  assert(places.find("ald'ruhn").name == "Ald-ruhn")
  assert(places.find("Foreign Quarter").name == "Vivec, Foreign Quarter")
end)

test("finds nothing for a name it doesn't know", function()
  assert(places.find("Nowhere") == nil)
  assert(places.find("") == nil)
  assert(places.find("%a+") == nil)
end)

test("stands in Balmora where CoreScripts let newcomers stand", function()
  local balmora = places.find("Balmora")
  assert(balmora.x == -23894 and balmora.y == -15079 and balmora.z == 505)
end)

test("knows the place of a spot in an exterior cell: of several the nearest", function()
  assert(places.place_of("-3, -2", -20000, -9000) == "Balmora")
  assert(places.place_of("-2, -2", -10000, -9000) == "Balmora")
  assert(places.place_of("-2, -9", -12000, -70000) == "Seyda Neen")
  assert(places.place_of("3, -10", 29919, -80000) == "Vivec, Foreign Quarter")
  assert(places.place_of("3, -10", 29919, -77000) == "Vivec")
  assert(places.place_of("0, -7", 1000, -56000) == "Pelagiad")
  assert(places.place_of("40, 40", 330000, 330000) == nil)
end)

test("knows each place by its own name where it lets one stand", function()
  for _, place in ipairs(places.all) do
    local found = places.place_of(place.cell, place.x, place.y)
    assert(found == place.name, place.name .. " is called " .. tostring(found))
  end
end)

test("knows the place of an interior by the part before the comma", function()
  assert(places.place_of("Balmora, Guild of Mages") == "Balmora")
  assert(places.place_of("Dagoth Ur, Facility Cavern") == "Dagoth Ur")
  assert(places.place_of("Addamasartus") == nil)
  assert(places.place_of("") == nil)
end)
