"""Pages and addresses of lending by SMS."""
