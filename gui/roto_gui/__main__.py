"""``python -m roto_gui [clip-or-project]``."""

import sys

from roto_gui.app import main

if __name__ == "__main__":
    sys.exit(main())
