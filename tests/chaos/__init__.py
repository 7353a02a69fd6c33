"""A storm on the whole way of a command: proxy faults, kills, freezes, clock jumps, a full disk; then an audit."""
