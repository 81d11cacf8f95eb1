"""`python -m rtmaudit` does what the command `rtmaudit` does."""

import sys

from rtmaudit.cli import main

sys.exit(main())
