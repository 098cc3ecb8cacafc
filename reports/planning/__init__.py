"""Learning on purpose: designs written down, with their power and their analysis, before they start."""
