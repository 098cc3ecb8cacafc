"""The reports as pages behind sign-in: what a run published, cut to what each reader may see."""
