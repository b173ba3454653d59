"""Adapters for editors and compositors. They are not built yet; the command line and the API are."""
