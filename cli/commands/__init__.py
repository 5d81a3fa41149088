"""One file a command. Each file's ``command`` is the click command; engine imports stay inside."""
