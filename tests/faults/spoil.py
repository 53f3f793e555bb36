"""Files spoilt by chance: bytes, the parts of a zip, what stands in its XML, the fields and the encoding of a list."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence

Parts = list[tuple[str, bytes]]

WORDS = (
    *("", " ", "0", "-1", "1", "2", "7", "99", "1e5", "1E400", "-1e-400", "9" * 30, "9" * 500, "NaN", "INF", "0x1F"),
    *(
        "1_000",
        "1,5",
        "1.234",
        "1.234,5",
        "<5",
        "< 0,5",
        "#N/A",
        "#REF!",
        "=1+1",
        "'=1",
        "2958466",
        "-0.5",
        "60",
        "1.5",
    ),
    *("31-02-2024", "13/13/2024", "2024-01-16T25:00:00Z", "1904-01-01", "P01", "p01 ", "study_no", "minute", "ja"),
    *("x" * 40_000, "_x0000_", "_xD800_", "_x005F_x000D_", "é€ß", "\u202e", "\ufeff", "\U0001f600", "a;b", "a,b"),
    *('"', "'", "\t", "n.b.", "-99", "999", "true", "TRUE", "1/2", "٣", "½", "12 kg", "../../x", "A1", "XFD1048576"),
)
NUMBERS = (
    *(b"0", b"-1", b"-0.0", b"1", b"0.5", b"7", b"99", b"-99", b"999", b"60", b"1e5", b"1E400", b"-1E400", b"1e-400"),
    *(b"9" * 16, b"9" * 30, b"9" * 500, b"-" + b"9" * 400, b"0." + b"9" * 400, b"2958465", b"2958466", b"45307.999999"),
    *(b"1.7976931348623157e308", b"4.199999999999999", b"1048577", b"45307"),
)
_TAG = re.compile(rb"<[^>]*>")
_ATTRIBUTE = re.compile(rb'(\s[\w:]+)="([^"]*)"')
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_TEXT = re.compile(rb">([^<]+)<")
_TYPES = (b"s", b"n", b"b", b"e", b"d", b"str", b"inlineStr", b"x", b"")


def spoilt(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """One file spoilt, and by what."""
    is_zip = content.startswith(b"PK")
    ways = _BYTES if chance.random() < 0.2 else _ZIP if is_zip else _LIST
    name, way = chance.choice(list(ways.items()))
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = way(content, chance)
    return name, content


# -- bytes -----------------------------------------------------------------------------------------------------------


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(min(len(changed), chance.choice((1, 1, 3, 20)))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _hole(content: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(content) + 1), chance.choice((1, 8, 512, 4096))
    filling = chance.choice((b"", bytes(size), chance.randbytes(size)))
    return content[:at] + filling + content[at + size :]


def _twice(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[chance.randrange(len(content) + 1) :]


_Way = Callable[[bytes, random.Random], bytes]
_BYTES: dict[str, _Way] = {"bits flipped": _flip, "cut": _cut, "a hole": _hole, "pieces moved": _twice}


# -- workbooks -------------------------------------------------------------------------------------------------------


def _unpacked(content: bytes) -> Parts:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(part.filename, archive.read(part)) for part in archive.infolist()]
    except Exception:  # noqa: BLE001 - spoilt before
        return []


def _packed(parts: Parts) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in parts:
            archive.writestr(name, content)
    return target.getvalue()


def _of_parts(change: Callable[[Parts, random.Random], None]) -> _Way:
    def way(content: bytes, chance: random.Random) -> bytes:
        parts = _unpacked(content)
        if parts:
            change(parts, chance)
        return _packed(parts)

    return way


def _swap(parts: Parts, chance: random.Random) -> None:
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = (parts[one][0], parts[other][1]), (parts[other][0], parts[one][1])


def _double(parts: Parts, chance: random.Random) -> None:
    parts.append(chance.choice(parts))


def _remove(parts: Parts, chance: random.Random) -> None:
    del parts[chance.randrange(len(parts))]


def _rename(parts: Parts, chance: random.Random) -> None:
    at = chance.randrange(len(parts))
    names = (
        parts[at][0].upper(),
        "/" + parts[at][0],
        "../" + parts[at][0],
        "xl/vbaProject.bin",
        "mimetype",
        "x.xml",
        "x/",
    )
    parts[at] = (chance.choice(names), parts[at][1])


def _of_xml(change: Callable[[bytes, random.Random], bytes]) -> _Way:
    """Change one part, mostly one that is read."""

    def way(content: bytes, chance: random.Random) -> bytes:
        parts = _unpacked(content)
        read = [at for at, (name, _) in enumerate(parts) if name.startswith(("xl/w", "xl/s", "[")) or "rels" in name]
        data = [at for at, (name, text) in enumerate(parts) if "worksheets/sheet" in name and b"study_no" in text]
        if parts:
            at = chance.choice(data if data and chance.random() < 0.4 else read or list(range(len(parts))))
            parts[at] = (parts[at][0], change(parts[at][1], chance))
        return _packed(parts)

    return way


def _match(pattern: re.Pattern[bytes], content: bytes, chance: random.Random) -> re.Match[bytes] | None:
    """One match, from some place on."""
    return pattern.search(content, chance.randrange(len(content) + 1)) or pattern.search(content)


def _replaced(content: bytes, match: re.Match[bytes] | None, group: int, new: bytes) -> bytes:
    return content if match is None else content[: match.start(group)] + new + content[match.end(group) :]


def _word(chance: random.Random) -> bytes:
    text = chance.choice(WORDS) if chance.random() < 0.8 else str(chance.randint(-5, 60_000))
    return text.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;")


def _attribute(content: bytes, chance: random.Random) -> bytes:
    return _replaced(content, _match(_ATTRIBUTE, content, chance), 2, _word(chance))


def _no_attribute(content: bytes, chance: random.Random) -> bytes:
    return _replaced(content, _match(_ATTRIBUTE, content, chance), 0, b"")


def _values(content: bytes, chance: random.Random) -> bytes:
    are_numbers = chance.random() < 0.6  # a word where a number belongs is damage, and nothing else is looked at
    for _ in range(chance.randint(1, 20)):
        if are_numbers:
            content = _replaced(content, _match(_VALUE, content, chance), 1, chance.choice(NUMBERS))
        else:
            content = _replaced(content, _match(_TEXT, content, chance), 1, _word(chance))
    return content


def _type(content: bytes, chance: random.Random) -> bytes:
    match = _match(re.compile(rb'<c r="[A-Z]+\d+"( [^>/]*|)'), content, chance)
    attributes = b' t="%b" s="%d"' % (chance.choice(_TYPES), chance.randint(-1, 40))
    return _replaced(content, match, 1, attributes)


def _tag(content: bytes, chance: random.Random) -> bytes:
    match = _match(_TAG, content, chance)
    if match is None:
        return content
    tag = match[0]
    return _replaced(
        content, match, 0, chance.choice((b"", tag + tag, b"<", tag[:-2], b"<f>1</f>" + tag, b"<is><t>", b"</c>"))
    )


def _element(content: bytes, chance: random.Random) -> bytes:
    """A whole row or cell taken out, doubled, or put elsewhere."""
    match = _match(re.compile(rb"<(row|c)\b[^>]*>.*?</\1>", re.DOTALL), content, chance)
    if match is None:
        return content
    without, other = _replaced(content, match, 0, b""), _match(_TAG, content, chance)
    at = other.start() if other is not None else 0
    return chance.choice(
        (without, content[: match.end()] + match[0] + content[match.end() :], without[:at] + match[0] + without[at:])
    )


def _declared(content: bytes, chance: random.Random) -> bytes:
    declaration = chance.choice(
        (
            b"<!DOCTYPE x>",
            b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
            b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        )
    )
    at = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    whole = content[:at] + declaration + content[at:]
    return whole.decode("utf-8", "replace").encode("utf-16") if chance.random() < 0.3 else whole


def _encoded(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return chance.choice(
        (
            text.encode("utf-16"),
            text.encode("utf-16-le"),
            text.encode("utf-8-sig"),
            text.encode("latin-1", "replace"),
            b'<?xml version="1.0" encoding="cp037"?>' + content,
            b"\0" + content,
            content.replace(b"1", b"\0", 1),
        )
    )


def _deep(content: bytes, chance: random.Random) -> bytes:
    match = _match(_TAG, content, chance)
    n = chance.choice((10, 1_000, 100_000))
    return _replaced(content, match, 0, b"<a>" * n + b"</a>" * n)


def _swollen(content: bytes, chance: random.Random) -> bytes:
    match = _match(_TEXT, content, chance)
    return _replaced(
        content, match, 1, chance.choice((b" ", b"9", b"ab", b"&#65;")) * chance.choice((100_000, 3_000_000))
    )


_ZIP: dict[str, _Way] = {
    "parts swapped": _of_parts(_swap),
    "a part twice": _of_parts(_double),
    "a part gone": _of_parts(_remove),
    "a part renamed": _of_parts(_rename),
    "an attribute": _of_xml(_attribute),
    "an attribute gone": _of_xml(_no_attribute),
    "values": _of_xml(_values),
    "a type or style": _of_xml(_type),
    "a tag": _of_xml(_tag),
    "a row or cell": _of_xml(_element),
    "a declaration": _of_xml(_declared),
    "another encoding": _of_xml(_encoded),
    "deeply nested": _of_xml(_deep),
    "a long text": _of_xml(_swollen),
    "bits in a part": _of_xml(_flip),
    "a part cut": _of_xml(_cut),
}


# -- lists -----------------------------------------------------------------------------------------------------------


def _lines(content: bytes) -> list[bytes]:
    return content.split(b"\n")


def _fields(content: bytes, chance: random.Random) -> bytes:
    lines = _lines(content)
    for _ in range(chance.randint(1, 20)):
        at = chance.randrange(len(lines)) if chance.random() < 0.95 else 0
        sign = b";" if b";" in lines[at] else b","
        fields = lines[at].split(sign)
        fields[chance.randrange(len(fields))] = chance.choice(WORDS).encode()
        lines[at] = sign.join(fields)
    return b"\n".join(lines)


def _column(content: bytes, chance: random.Random) -> bytes:
    """The same field of every line gone, or doubled: a heading that comes twice."""
    lines = _lines(content)
    sign = b";" if b";" in lines[0] else b","
    at, times = chance.randrange(lines[0].count(sign) + 1), chance.choice((0, 2, 2, 300))
    changed: list[bytes] = []
    for line in lines:
        fields = line.split(sign)
        fields[at : at + 1] = fields[at : at + 1] * times
        changed.append(sign.join(fields))
    return b"\n".join(changed)


def _shuffled(content: bytes, chance: random.Random) -> bytes:
    lines = _lines(content)
    picked: Sequence[bytes] = chance.choice((chance.sample(lines, len(lines)), lines * 2, lines[1:], lines[:1]))
    return b"\n".join(picked)


def _signs(content: bytes, chance: random.Random) -> bytes:
    old, new = chance.sample((b";", b",", b"\t", b"|", b".", b'"', b"\n", b"\r\n", b"\r", b"\0", b"-"), 2)
    return content.replace(old, new) if chance.random() < 0.5 else content.replace(old, new, chance.randint(1, 20))


def _other_encoding(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    name = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp037", "utf-7", "utf-8-sig"))
    return text.encode(name, "replace")


def _odd_bytes(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    odd = chance.choice(
        (b'"', b'""', b"\0", b"\xff\xfe", b"\x81", b"\xef\xbb\xbf", b"\r", b"\x1a", b";" * 6_000, b"x" * 1_100_000)
    )
    return content[:at] + odd + content[at:]


_LIST: dict[str, _Way] = {
    "fields": _fields,
    "a column": _column,
    "lines": _shuffled,
    "signs": _signs,
    "another encoding": _other_encoding,
    "odd bytes": _odd_bytes,
}
