"""Learning lost along the continuum: every possible session of every pupil, counted once, by what took it."""
