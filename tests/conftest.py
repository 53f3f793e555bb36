"""What every test shares: no real screen, strict wording, Hypothesis without a clock."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["ESK_STRICT_WORDING"] = "1"

from hypothesis import settings

settings.register_profile("esk", deadline=None, max_examples=60)
settings.load_profile("esk")
