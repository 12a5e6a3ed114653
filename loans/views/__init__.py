"""Pages of copies lists, loans and members."""
