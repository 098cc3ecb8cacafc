"""Repeats: how long until the next step, who came back down, and what came of being away."""
