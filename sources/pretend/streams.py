"""Random streams: one for each purpose, so that a change in one part leaves the draws of the others alone."""

from zlib import crc32

import numpy as np


def stream(seed: int, purpose: str) -> np.random.Generator:
    """A generator that depends on the seed and the purpose only."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(purpose.encode())])))
