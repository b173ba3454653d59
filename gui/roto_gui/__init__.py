"""The desktop app: a shell around the core. It is not built yet; the command line and the API are."""
