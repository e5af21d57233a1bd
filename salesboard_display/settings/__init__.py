"""One settings file: its model, reading, saving, watching, and what becomes of it."""
