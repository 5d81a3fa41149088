"""Tests of packaging, of recovering and of the preview."""
