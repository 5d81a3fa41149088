"""The inventory: what the archive holds as a table, for spreadsheets and other programs."""
