"""Checking a bag of any tool and of any BagIt version from 0.93 to 1.0. Writes nothing."""
