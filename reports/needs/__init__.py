"""Needs: where learning is lost by need, needs seen late or not at all, and where training would meet most."""
