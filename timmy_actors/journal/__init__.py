"""The durable command journal."""
