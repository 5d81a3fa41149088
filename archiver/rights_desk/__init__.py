"""Questions about rights: what holds for a file, what is missing, what ends, how to begin."""
