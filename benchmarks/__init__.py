"""The numbers to hold, each a ratio against a yardstick measured in the same run."""
