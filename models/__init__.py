"""Models one can read: labels from the ladder, an additive model compiled to a table, its evaluation and gate."""
