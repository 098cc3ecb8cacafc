"""The list's own usefulness: of the pupils who stepped up, who was listed first, how early, and supported in time."""
