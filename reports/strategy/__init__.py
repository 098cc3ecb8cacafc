"""Strategy: two pages for governors, on the term: what changed, who is affected, what was done, what to decide."""
