"""A second opinion on bags: bagit-python, which shares no code with us, and its known defects."""
