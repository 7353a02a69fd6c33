"""The words: perception, command, result, event, portal state, health. Frozen values, no behaviour beyond validation."""
