"""The model card as one page: what a governor, an analyst or a data protection officer should know of one model."""
