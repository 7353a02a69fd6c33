--- CoreScripts' saves through the bridge's atomic writing, in a folder of their own.
local harness = require("harness")
local saves = require("timmy.game.saves")

local test, equal, holds = harness.test, harness.equal, harness.holds

local BEFORE, AFTER = '{"name":"before"}', '{"name":"after"}'

--- Puts another function in a library's place.
local function replace(library, name, by) library[name] = by end

local function content_of(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local content = file:read("*a")
  file:close()
  return content
end

--- Runs `act(save, path, written_over)` with one save in the folder; `save(content)` is what CoreScripts call, and
--- `written_over` holds what reached their own way of saving.
local function with_a_save(act)
  local path = os.tmpname()
  local folder, name = path:match("^(.*)/([^/]+)$")
  local open, rename, written_over = io.open, os.rename, {}
  local server, settings = _G.tes3mp, _G.config
  _G.tes3mp = { GetDataPath = function() return folder end }
  _G.jsonInterface = { writeToFile = function(_, content)
    written_over[#written_over + 1] = content
    return true
  end }
  saves.install()
  local function save(content) return _G.jsonInterface.writeToFile(name, content) end
  save(BEFORE)
  local ok, err = pcall(act, save, path, written_over)
  replace(io, "open", open)
  replace(os, "rename", rename)
  _G.tes3mp, _G.config, _G.jsonInterface = server, settings, nil
  os.remove(path)
  os.remove(path .. ".unfinished")
  if not ok then error(err, 0) end
end

--- From now on files are opened whose `write` is this.
local function opens_files_that(write)
  local open = io.open
  replace(io, "open", function(path, mode)
    local file = open(path, mode)
    if not file then return nil end
    return { close = function() return file:close() end, write = function(_, text) return write(file, text) end }
  end)
end

test("puts a new save in the place of the old one, and leaves nothing beside it", function()
  with_a_save(function(save, path, written_over)
    equal(save(AFTER), true)
    equal(content_of(path), AFTER)
    equal({ content_of(path .. ".unfinished"), #written_over }, { nil, 0 })
  end)
end)

test("keeps the old save whole when the server dies while it writes", function()
  with_a_save(function(save, path)
    local open = io.open
    opens_files_that(function(file, text) file:write(text:sub(1, 5)) error("killed") end)
    holds(not pcall(save, AFTER))
    replace(io, "open", open)
    equal(content_of(path), BEFORE)
  end)
end)

test("keeps the old save, and logs it, when there is no room for the new one", function()
  with_a_save(function(save, path, written_over)
    local open = io.open
    opens_files_that(function() return nil, "No space left on device" end)
    equal(save(AFTER), false)
    replace(io, "open", open)
    equal({ content_of(path), content_of(path .. ".unfinished"), #written_over }, { BEFORE, nil, 0 })
  end)
end)

test("leaves saving to CoreScripts where nothing can be written beside a save, or take its place", function()
  with_a_save(function(save, _, written_over)
    replace(os, "rename", function() return nil, "File exists" end)
    equal({ save(AFTER), written_over }, { true, { AFTER } })
    replace(io, "open", function() return nil, "Permission denied" end)
    equal({ save(AFTER), #written_over }, { true, 2 })
  end)
end)

test("saves where CoreScripts' settings say, which need not be the server's own folder", function()
  with_a_save(function(save, path)
    local folder = path:match("^(.*)/")
    _G.tes3mp, _G.config = { GetDataPath = function() return "/nowhere" end }, { dataPath = folder }
    _G.jsonInterface = { writeToFile = function() return false end }
    saves.install()
    equal({ save(AFTER), content_of(path) }, { true, AFTER })
  end)
end)

test("does nothing where CoreScripts save in another way", function()
  equal(saves.install(), nil)
end)
