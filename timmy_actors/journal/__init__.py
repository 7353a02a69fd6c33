"""The durable command journal: what was accepted, what became of it, in one SQLite file."""
