"""XML read as it comes past: no tree, nothing declared, nothing expanded, and no piece larger than a few megabytes.

Memory does not grow with the file, whatever the file holds; what is kept is up to whoever listens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Final
from xml.parsers import expat

from esk_engine.errors import Fault

SEPARATOR: Final = "|"
_CHUNK: Final = 64 * 1024
_LONGEST_PIECE: Final = 4 * 1024 * 1024  # one tag, or one text; a cell of Excel holds 32,767 characters
_MOST_PIECES: Final = 2_000  # of the text of one element: expat hands it over in pieces of some kilobytes

OnStart = Callable[[str, Mapping[str, str]], None]
OnEnd = Callable[[str], None]


def listen(stream: IO[bytes], start: OnStart, end: OnEnd, text: list[str], file: str) -> Iterator[int]:
    """Parse a stream, telling its elements; yields, after every piece of it that was parsed, how many bytes it had.

    Parameters
    ----------
    start, end
        Told each element's name (``namespace|name``) and, at its start, its attributes.
    text
        Where the text between two tags is gathered; ``start`` and ``end`` take and clear it.
    file
        What a fault names.

    Raises
    ------
    Fault
        ``workbook_entities`` at the first declaration, ``workbook_damaged`` where a tag or a text has no end.
    expat.ExpatError
        Where it is no XML.
    """

    def refuse(*_: object) -> None:
        raise Fault("workbook_entities", file=file)

    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    fed = 0
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > _LONGEST_PIECE or len(text) > _MOST_PIECES:
            raise Fault("workbook_damaged", file=file)
        yield len(chunk)
    parser.Parse(b"", True)
    yield 0


def read_all(stream: IO[bytes], start: OnStart, end: OnEnd, text: list[str], file: str) -> None:
    """``listen`` to the end."""
    for _ in listen(stream, start, end, text, file):
        pass


def local(name: str) -> str:
    """An element's or attribute's name without its namespace."""
    return name.rpartition(SEPARATOR)[2]
