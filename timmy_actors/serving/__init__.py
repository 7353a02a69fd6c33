"""The actors through which others reach a running daemon."""
