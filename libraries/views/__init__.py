"""Pages of places, copies and jobs."""
