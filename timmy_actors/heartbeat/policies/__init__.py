"""The policies: each decides in its own way."""
