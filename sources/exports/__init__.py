"""What schools really have: exports of their systems, read by mapping profiles into the canonical tables."""
