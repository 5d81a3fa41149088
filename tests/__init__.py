"""The tests: folders mirror the program's, names are sentences."""
