"""A field for a PIN or a passphrase: nothing of it shows, is copied or stays behind in the field's own history."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from esk_gui.widgets.entry import State
from esk_gui.widgets.labels import set_property

_LONGEST_PASSPHRASE = 256
_LONGEST_PIN = 12


class SecretLine(QLineEdit):
    """A line whose text is hidden; ``reveal`` shows it to whoever types a long one."""

    def __init__(self, name: str, *, is_pin: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMaxLength(_LONGEST_PIN if is_pin else _LONGEST_PASSPHRASE)
        self.reveal(False)

    def reveal(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def set_state(self, state: State) -> None:
        set_property(self, "state", state)
