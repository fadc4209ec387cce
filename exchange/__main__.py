"""``python -m exchange``: the command line."""

import sys

from exchange.cli import main

sys.exit(main())
