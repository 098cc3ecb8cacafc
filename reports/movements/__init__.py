"""Movements: every move off site and off roll, what should not have happened, and exits that nobody explained."""
