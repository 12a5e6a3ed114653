"""Reading tables out of the files that libraries have, and writing Excel files for them."""
