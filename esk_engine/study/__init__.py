"""An open study: what the window and the command line both drive."""

from esk_engine.study.acts import Study
from esk_engine.study.backed import replace_damaged
from esk_engine.study.events import ActName, Added, Entry, EntryResult, Person, StudyChanged
from esk_engine.study.signing import Protection
from esk_engine.study.snapshot import StudySnapshot
from esk_engine.study_file.backup import Backup
from esk_engine.study_file.connection import Key
from esk_engine.study_file.log import LogLine
from esk_engine.study_file.reading import LogFilter
from esk_engine.study_file.signatures import Signature, SignedValue, SignOff, sign_off_of
from esk_engine.study_file.writer import SaveState

__all__ = [
    "ActName",
    "Added",
    "Backup",
    "Entry",
    "EntryResult",
    "Key",
    "LogFilter",
    "LogLine",
    "Person",
    "Protection",
    "SaveState",
    "SignOff",
    "Signature",
    "SignedValue",
    "Study",
    "StudyChanged",
    "StudySnapshot",
    "replace_damaged",
    "sign_off_of",
]
