--- What a plugin of the game puts into the world, in place of the scene's own tables: `timmy_actors/embedded/plugin.py`
--- writes it into `package.loaded` before the world starts. Without a plugin there is nothing here:
---
--- { doors, gates, containers, actors = lists of entries as in the scene, markers = { cell = position }, towns = { name
--- = cell }, names = { id = name }, heights = { cell = bytes } }
return {}
