"""What the running service does by itself, a file for each worker: made in `bot/parts.py`, begun in `bot/app.py`."""
