"""Features as they were known: one catalogue, one expression, any number of pupils and dates."""
