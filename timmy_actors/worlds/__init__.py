"""Bodies of an agent behind one `WorldInterface`."""
