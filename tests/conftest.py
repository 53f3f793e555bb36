"""What every test shares: no real screen, strict wording, Hypothesis without a clock, a fault log of its own."""

import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["ESK_STRICT_WORDING"] = "1"

import pytest
from hypothesis import settings

settings.register_profile("esk", deadline=None, max_examples=60)
settings.load_profile("esk")


@pytest.fixture(scope="session", autouse=True)
def _own_fault_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Defects that a test brings about on purpose are not written into anybody's real log."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_STATE_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(tmp_path_factory.mktemp("state")))
        yield
