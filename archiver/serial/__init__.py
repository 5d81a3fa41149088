"""Bags as one file: tar, tar.gz and zip. What reads them shares no code with what writes them."""
