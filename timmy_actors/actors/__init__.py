"""One thin actor a file: they move messages and arm timers; what is decided is decided in the rooms below."""
