"""Which experiment is run: recipes, schedules, and the configuration of a run."""
