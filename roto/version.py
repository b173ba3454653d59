"""The version of roto, for headers and manifests; ``roto.__version__`` is the same."""

__version__ = "0.1.0"
