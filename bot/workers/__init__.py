"""What the running service does by itself, one file for each worker; `bot/parts.py` makes them, `bot/app.py` starts and stops them."""
