"""Training of roto's networks: ``python -m roto.train``."""
