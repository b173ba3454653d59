"""What the last propagation changed, as a strip."""
