"""Data that ships with roto: weights and a sample clip. Read it with importlib.resources."""
