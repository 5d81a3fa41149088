"""The steps of packaging, one way through: survey, stage, describe, seal, record."""
