"""Forms of lending by SMS."""
