"""The program killed, starved and lied to at every step it takes."""
