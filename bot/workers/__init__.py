"""What the running service does by itself, one file for each worker; `bot/app.py` starts and stops them."""
