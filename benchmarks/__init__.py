"""The same work done by this program and by its peers, alternately, in one run."""
