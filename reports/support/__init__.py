"""Support: whether each kind of it helped, as far as the records can say."""
