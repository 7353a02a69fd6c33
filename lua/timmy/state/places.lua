--- Vvardenfell's towns and landmarks, each with a spot to stand on: found by name, and by cell.
--
-- The coordinates were measured in the game: CoreScripts' spawn point, the temple and Imperial cult markers, and spots
-- that other mods use. The server has no terrain, so a spot is only as good as its measurement; a z above the ground
-- ends in a short fall. x, y, z must lie in `cell` (a test checks it); `yaw` is in degrees clockwise from north;
-- `cells` are all exterior cells that bear the place's name in Morrowind.esm.
local PLACES = {
  { name = "Ald Velothi", cell = "-11, 15", x = -85551, y = 125592, z = 808, yaw = 0, cells = { "-11, 15" } },
  { name = "Ald-ruhn", aliases = { "Ald'ruhn", "Aldruhn", "Ald Ruhn" }, cell = "-2, 6", x = -12544, y = 53600, z = 2384,
    yaw = 0, cells = { "-2, 6", "-2, 7", "-3, 6" } },
  { name = "Balmora", cell = "-3, -2", x = -23894, y = -15079, z = 505, yaw = 69,
    cells = { "-3, -2", "-2, -2", "-3, -3", "-4, -2" } },
  { name = "Caldera", cell = "-2, 2", x = -11296, y = 20768, z = 1651, yaw = 180, cells = { "-2, 2" } },
  { name = "Dagon Fel", cell = "7, 22", x = 61856, y = 182080, z = 387, yaw = 0, cells = { "7, 22" } },
  { name = "Ebonheart", cell = "2, -13", x = 18112, y = -101984, z = 386, yaw = 270, cells = { "2, -13", "1, -13" } },
  { name = "Gnaar Mok", cell = "-8, 3", x = -58009, y = 26377, z = 52, yaw = 275, cells = { "-8, 3" } },
  { name = "Gnisis", cell = "-11, 11", x = -86430, y = 91415, z = 1035, yaw = 34,
    cells = { "-11, 11", "-10, 11", "-11, 10" } },
  { name = "Hla Oad", cell = "-6, -5", x = -46720, y = -38176, z = 224, yaw = 315, cells = { "-6, -5" } },
  { name = "Khuul", cell = "-9, 17", x = -69502, y = 142754, z = 50, yaw = 166, cells = { "-9, 17", "-9, 16" } },
  { name = "Maar Gan", cell = "-3, 12", x = -22118, y = 102242, z = 1979, yaw = 34, cells = { "-3, 12" } },
  { name = "Molag Mar", cell = "13, -8", x = 109056, y = -61856, z = 2112, yaw = 90, cells = { "13, -8", "12, -8" } },
  { name = "Pelagiad", cell = "0, -7", x = 1248, y = -56800, z = 1437, yaw = 90, cells = { "0, -7", "0, -8" } },
  { name = "Sadrith Mora", cell = "17, 4", x = 143168, y = 35968, z = 529, yaw = 90,
    cells = { "17, 4", "17, 5", "18, 4" } },
  { name = "Seyda Neen", cell = "-2, -9", x = -10912, y = -71008, z = 240, yaw = 0, cells = { "-2, -9", "-2, -10" } },
  { name = "Suran", cell = "6, -7", x = 53649, y = -51050, z = 224, yaw = 90, cells = { "6, -7", "6, -6" } },
  { name = "Vos", cell = "11, 14", x = 92832, y = 116800, z = 1482, yaw = 90, cells = { "11, 14", "12, 13" } },

  { name = "Vivec", aliases = { "Vivec City" }, cell = "3, -10", x = 29906, y = -76553, z = 790, yaw = 178,
    cells = { "2, -10", "3, -9", "5, -10" } },
  { name = "Vivec, Arena", aliases = { "Arena", "Arena Canton" }, cell = "4, -11", x = 36542, y = -88450, z = 1883,
    yaw = 179, cells = { "4, -11" } },
  { name = "Vivec, Foreign Quarter", aliases = { "Foreign Quarter" }, cell = "3, -10", x = 29919, y = -80957, z = 3105,
    yaw = 179, cells = { "3, -10", "4, -10" } },
  { name = "Vivec, Hlaalu", aliases = { "Hlaalu Canton" }, cell = "2, -11", x = 22211, y = -86265, z = 2136, yaw = 179,
    cells = { "2, -11" } },
  { name = "Vivec, Redoran", aliases = { "Redoran Canton" }, cell = "3, -11", x = 29120, y = -88455, z = 1886,
    yaw = 179, cells = { "3, -11" } },
  { name = "Vivec, St. Delyn", aliases = { "St. Delyn" }, cell = "3, -12", x = 29117, y = -94860, z = 1881, yaw = 179,
    cells = { "3, -12" } },
  { name = "Vivec, St. Olms", aliases = { "St. Olms" }, cell = "4, -12", x = 36533, y = -94832, z = 1879, yaw = 179,
    cells = { "4, -12" } },
  { name = "Vivec, Telvanni", aliases = { "Telvanni Canton" }, cell = "5, -11", x = 43450, y = -86263, z = 2130,
    yaw = 179, cells = { "5, -11" } },
  { name = "Vivec, Temple", aliases = { "High Fane", "Temple Canton" }, cell = "4, -13", x = 32879, y = -99093,
    z = 1168, yaw = 0, cells = { "4, -13", "3, -13", "3, -14", "4, -14" } },
  { name = "Ministry of Truth", aliases = { "Baar Dau" }, cell = "3, -13", x = 31982, y = -101138, z = 3416,
    yaw = 225 },

  { name = "Tel Aruhn", aliases = { "Tel Arun" }, cell = "15, 5", x = 126458, y = 48818, z = 930, yaw = 180,
    cells = { "15, 5" } },
  { name = "Tel Branora", cell = "15, -13", x = 125216, y = -105216, z = 681, yaw = 45,
    cells = { "15, -13", "14, -13" } },
  { name = "Tel Fyr", cell = "15, 1", x = 124384, y = 15858, z = 492, yaw = 179, cells = { "15, 1" } },
  { name = "Tel Mora", cell = "13, 14", x = 107072, y = 117312, z = 227, yaw = 45, cells = { "13, 14" } },
  { name = "Tel Vos", cell = "10, 14", x = 85731, y = 117960, z = 5081, yaw = 135, cells = { "10, 14" } },

  { name = "Buckmoth Legion Fort", aliases = { "Buckmoth", "Fort Buckmoth" }, cell = "-2, 5", x = -13360, y = 43071,
    z = 2615, yaw = 90, cells = { "-2, 5" } },
  { name = "Moonmoth Legion Fort", aliases = { "Moonmoth", "Fort Moonmoth" }, cell = "-1, -3", x = -5075, y = -18578,
    z = 1073, yaw = 180, cells = { "-1, -3" } },
  { name = "Fort Darius", cell = "-10, 11", x = -80347, y = 90558, z = 1159, yaw = 90 },
  { name = "Fort Pelagiad", cell = "0, -7", x = 5738, y = -56059, z = 1795, yaw = 90 },
  { name = "Hawkmoth Legion Garrison", aliases = { "Hawkmoth", "Fort Hawkmoth" }, cell = "1, -13", x = 8703,
    y = -100602, z = 1384, yaw = 0 },
  { name = "Wolverine Hall", cell = "18, 3", x = 148882, y = 28454, z = 1495, yaw = 0, cells = { "18, 3" } },
  { name = "Ghostgate", cell = "2, 4", x = 20736, y = 38297, z = 1162, yaw = 0, cells = { "2, 4" } },

  { name = "Dagoth Ur", aliases = { "Red Mountain" }, cell = "Dagoth Ur, Outer Facility", x = 0, y = -40, z = 96,
    yaw = 179, cells = { "2, 8" } },
  { name = "Cavern of the Incarnate", cell = "6, 13", x = 52026, y = 109388, z = 6146, yaw = 11 },
  { name = "Holamayan", aliases = { "Holamayan Monastery" }, cell = "19, -4", x = 159100, y = -30521, z = 2073, yaw = 0,
    cells = { "19, -4" } },
  { name = "Mount Assarnibibi", cell = "14, -4", x = 120512, y = -29565, z = 4528, cells = { "14, -4" } },
  { name = "Mount Kand", cell = "11, -5", x = 93999, y = -37481, z = 6533, cells = { "11, -5" } },
  { name = "Bal Isra", aliases = { "Indarys Manor" }, cell = "-5, 9", x = -35364, y = 79659, z = 1829, yaw = 230,
    cells = { "-5, 9" } },
  { name = "Odai Plateau", aliases = { "Rethan Manor" }, cell = "-5, -5", x = -35904, y = -37056, z = 1892, yaw = 270,
    cells = { "-5, -5" } },
  { name = "Caldera Mine", cell = "-3, 1", x = -22756, y = 12783, z = 1748, yaw = 200 },
  { name = "Dren Plantation", cell = "Dren Plantation, Dren's Villa", x = 3589, y = 3520, z = 15767, yaw = 179,
    cells = { "2, -7" } },

  { name = "Ahemmusa Camp", cell = "11, 16", x = 94337, y = 133705, z = 868, yaw = 0, cells = { "11, 16" } },
  { name = "Erabenimsun Camp", cell = "13, -1", x = 110352, y = -3410, z = 638, yaw = 235, cells = { "13, -1" } },
  { name = "Urshilaku Camp", cell = "-4, 18", x = -26839, y = 150934, z = 787, yaw = 240, cells = { "-4, 18" } },
  { name = "Zainab Camp", cell = "9, 10", x = 78351, y = 83963, z = 1010, yaw = 300, cells = { "9, 10" } },

  { name = "Andasreth", cell = "-9, 5", x = -68475, y = 46813, z = 1862, yaw = 0, cells = { "-9, 5" } },
  { name = "Berandas", cell = "-10, 9", x = -76944, y = 76080, z = 2352, yaw = 271, cells = { "-10, 9" } },
  { name = "Falasmaryon", cell = "-2, 15", x = -12905, y = 126525, z = 1455, yaw = 17, cells = { "-2, 15" } },
  { name = "Falensarano", cell = "9, 6", x = 76900, y = 53325, z = 1678, yaw = 270, cells = { "9, 6" } },
  { name = "Hlormaren", cell = "-6, -1", x = -44386, y = -3908, z = 2386, yaw = 179, cells = { "-6, -1" } },
  { name = "Indoranyon", cell = "14, 9", x = 119895, y = 76615, z = 1419, yaw = 270 },
  { name = "Kogoruhn", cell = "0, 14", x = 5216, y = 120544, z = 1504, yaw = 179, cells = { "0, 14" } },
  { name = "Marandus", cell = "4, -3", x = 35834, y = -20690, z = 1454, yaw = 40, cells = { "4, -3" } },
  { name = "Rotheran", cell = "6, 18", x = 54269, y = 153974, z = 1860, yaw = 225, cells = { "6, 18" } },
  { name = "Telasero", cell = "9, -7", x = 76222, y = -52880, z = 1436, yaw = 90, cells = { "9, -7" } },
  { name = "Valenvaryon", cell = "-1, 18", x = -2787, y = 152680, z = 2403, yaw = 308, cells = { "-1, 18" } },
}

local M = {}

local by_name, by_cell, names = {}, {}, {}

local function key(name)
  return (name:lower():gsub("^%s+", ""):gsub("%s+$", ""))
end

local function add(cell, place)
  by_cell[cell] = by_cell[cell] or {}
  table.insert(by_cell[cell], place)
end

--- A cell can belong to several places: to the town whose name it bears, and to each place whose spot lies in it.
local function index()
  for _, place in ipairs(PLACES) do
    names[#names + 1] = place.name
    by_name[key(place.name)] = place
    for _, alias in ipairs(place.aliases or {}) do by_name[key(alias)] = place end
    for _, cell in ipairs(place.cells or {}) do
      if cell ~= place.cell then add(cell, place) end
    end
    add(place.cell, place)
  end
  table.sort(names)
end

index()

--- Names of all places, sorted.
M.names = names

--- All places, as written above.
M.all = PLACES

--- The place with this name or alias, case-insensitive: { name, cell, x, y, z, yaw? }; nil if there is none.
function M.find(name)
  return by_name[key(name)]
end

--- The place whose spot is nearest.
local function nearest(candidates, x, y)
  local best, least
  for _, place in ipairs(candidates) do
    local square = (place.x - x) ^ 2 + (place.y - y) ^ 2
    if not least or square < least then best, least = place, square end
  end
  return best
end

--- The place that a cell's name begins with (false: none), by cell: it is wanted for every perception.
local MOST_TOWNS = 4096
local towns, town_count = {}, 0

local function town_of(cell)
  if towns[cell] == nil then
    if town_count >= MOST_TOWNS then towns, town_count = {}, 0 end
    towns[cell], town_count = by_name[key(cell:match("^([^,]+),") or cell)] or false, town_count + 1
  end
  return towns[cell]
end

--- The name of the place that a position in a cell belongs to, or nil. For an exterior: the nearest of the places that
-- include the grid cell. For an interior: the part of its name before the comma (`"Balmora, Guild of Mages"`).
function M.place_of(cell, x, y)
  if by_cell[cell] then return nearest(by_cell[cell], x, y).name end
  local town = town_of(cell)
  return town and town.name or nil
end

return M
