"""What a model is judged by beyond one table of figures: the lists as published, time, strangers, groups and doubt."""
