"""The log seen from outside: checkpoints, what they prove, and who has seen them."""
