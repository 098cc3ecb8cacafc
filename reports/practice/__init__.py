"""Practice: what adults decided after incidents recorded as equally severe."""
