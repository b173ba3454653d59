"""``python -m roto`` is the command ``roto``."""

from roto.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
