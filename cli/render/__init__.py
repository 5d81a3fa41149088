"""What a person or a program reads: escaped text, JSON Lines, progress."""
