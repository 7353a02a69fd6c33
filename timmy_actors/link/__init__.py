"""The wire to the game: message codec, link state machine, and the mailbox that also polls sockets."""
