"""The one way in from a checkout: the window, or with a sub-command the command line."""

import sys

from esk_gui.launch import main

if __name__ == "__main__":
    sys.exit(main())
