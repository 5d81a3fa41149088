"""Careful readers of tar and zip: regular files and folders, inside the bounds, or a finding."""
