"""Intake: each school's pupils beside the community around it, who joins, who leaves, and what leaving changes."""
