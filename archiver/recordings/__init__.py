"""The recordings of a bag held against what the bag itself recorded of them when it was sealed."""
