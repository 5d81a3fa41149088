"""What giving a collection back is made of: a place aside, a verified copy, times and modes."""
