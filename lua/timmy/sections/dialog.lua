--- What scripts show on a player's screen: the open dialog box, and the latest notes.
return require("timmy.state.dialogs").section
