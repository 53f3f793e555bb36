"""An open study: what the window and the command line both drive."""

from esk_engine.study.acts import Study
from esk_engine.study.events import ActName, Added, Entry, EntryResult, Person, StudyChanged
from esk_engine.study.snapshot import StudySnapshot
from esk_engine.study_file.connection import Key
from esk_engine.study_file.log import LogLine
from esk_engine.study_file.reading import LogFilter
from esk_engine.study_file.writer import SaveState

__all__ = [
    "ActName",
    "Added",
    "Entry",
    "EntryResult",
    "Key",
    "LogFilter",
    "LogLine",
    "Person",
    "SaveState",
    "Study",
    "StudyChanged",
    "StudySnapshot",
]
