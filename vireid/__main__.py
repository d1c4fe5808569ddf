"""`python -m vireid` is the command."""

import sys

from vireid.cli.main import main

sys.exit(main())
