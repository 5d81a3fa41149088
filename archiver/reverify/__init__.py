"""Re-verification over the years: what is due, reading it, and what is told of it."""
