"""Writers of tar and zip: the same members give the same bytes, in flat memory."""
