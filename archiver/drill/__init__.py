"""The fire drill: harm is done to a copy of a bag, to see whether anybody would hear of it."""
