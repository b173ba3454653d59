"""Adapters for editors and compositors. Not built yet; the command line and the API are."""
