"""The HTTP server: FastAPI on uvicorn, in a thread of its own. Imported only when it is enabled."""
