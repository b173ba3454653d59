"""Scores of a propagation method on annotated clips, as the DAVIS benchmark defines them."""
