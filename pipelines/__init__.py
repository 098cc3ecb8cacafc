"""The shell: flows, the command line, runs and publishing. The clock is read here and nowhere below."""
