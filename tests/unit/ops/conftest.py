"""What a generated repository runs as `python3 -m ops`, imported from the template: it is the same in all of them."""

from __future__ import annotations

import sys

from support.render import ROOT

sys.path.append(str(ROOT / "template"))
