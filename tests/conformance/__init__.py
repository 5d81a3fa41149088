"""A tree of small bags, at least one valid and one invalid for each clause of BagIt."""
