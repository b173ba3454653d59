"""The panels around the canvas: they show values, and tell in signals what the artist wants."""
