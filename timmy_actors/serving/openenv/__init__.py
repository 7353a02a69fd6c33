"""A task as an OpenEnv environment, over its WebSocket and HTTP wire. Requires the extras `http` and `tasks`."""
