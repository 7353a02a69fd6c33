"""The words: perception, command, result, event, portal state, health. Frozen, no behaviour beyond validation."""
