"""`python -m ncloud_integration`: the same as the installed command."""

import sys

from ncloud_integration.cli import main

sys.exit(main())
