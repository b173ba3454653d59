"""The canvas: the picture, its views, and the pointer over it."""
