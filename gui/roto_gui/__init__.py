"""The desktop app. It is not built yet; the command line and the Python API are."""
