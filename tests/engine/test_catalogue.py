"""The catalogues: nothing is missing in either language, nothing is left over, .mo is what .po says."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import ANALYTES, DERIVED, NARANJO_QUESTIONS, TERMS, VARIABLES, Moment
from esk_engine.judge import Group, Verdict
from esk_engine.naranjo import Category
from esk_engine.settings import SETTINGS
from esk_engine.wording import LANGUAGES, Wording

ROOT = Path(__file__).resolve().parents[2]
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")
WORDLIKE = re.compile(r"[a-z0-9_.]*[a-z_]{2}[a-z0-9_.]*|p\.")


@cache
def catalogue(language: str) -> dict[str, str]:
    path = ROOT / "resources" / "wording" / language / "LC_MESSAGES" / "esk.po"
    with path.open("rb") as file:
        messages = read_po(file, locale=language, abort_invalid=True)
    return {str(message.id): str(message.string) for message in messages if message.id}


@cache
def trees() -> dict[Path, ast.Module]:
    files = [*ROOT.glob("esk_engine/**/*.py"), *ROOT.glob("esk_gui/**/*.py")]
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


def f_strings() -> Iterator[ast.JoinedStr]:
    return (node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))


@cache
def words_in_code() -> frozenset[str]:
    """Every string constant of the program, ``dry-run`` as ``dry_run``; those inside f-strings left out."""
    inside = {
        id(part)
        for tree in trees().values()
        for n in ast.walk(tree)
        if isinstance(n, ast.JoinedStr)
        for part in n.values
    }
    return frozenset(
        node.value.replace("-", "_")
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
    )


@cache
def shapes_in_code() -> tuple[re.Pattern[str], ...]:
    """What f-strings make, e.g. ``figures\\.title\\.(.+)`` for ``f"figures.title.{key}"``."""
    shapes: set[str] = set()
    for joined in f_strings():
        parts = [part.value if isinstance(part, ast.Constant) else None for part in joined.values]
        if WORDLIKE.fullmatch("".join(str(part) for part in parts if part is not None)):
            shapes.add("".join("(.+)" if part is None else re.escape(str(part)) for part in parts))
    return tuple(re.compile(shape) for shape in shapes)


def is_made(text: str, depth: int = 2) -> bool:
    """Whether a text stands in the program, or an f-string makes it of texts that do."""
    if text in words_in_code() or text.isdigit():
        return True
    matches = [match for shape in shapes_in_code() if (match := shape.fullmatch(text))] if depth else []
    return any(all(is_made(part, depth - 1) for part in match.groups()) for match in matches)


def declared_keys() -> Iterator[str]:
    """The texts that the dictionary, the settings and the scales ask for."""
    yield from (f"variable.{declared.name}" for declared in (*VARIABLES, *DERIVED))
    yield from (f"definition.{declared.name}" for declared in DERIVED)
    yield from (f"code.{code}" for declared in VARIABLES for code in declared.codes)
    yield from (f"code.{code}" for code in (*TERMS, *ANALYTES))
    yield from (f"moment.{moment}" for moment in Moment)
    yield from (f"criterion.{criterion.name}" for criterion in TABLE_2.criteria)
    for number in range(1, len(NARANJO_QUESTIONS) + 1):
        yield f"naranjo.question_{number}"
        yield f"naranjo.question_{number}.help"
    yield from (f"naranjo.category.{category}" for category in Category)
    for group in Group:
        yield f"group.{group}"
        yield f"group.{group}.plural"
    yield from (f"verdict.{verdict}" for verdict in Verdict)
    for setting in SETTINGS:
        yield f"setting.{setting.name}"
        yield f"setting.{setting.name}.help"


def calls(*names: str) -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call of one of these names whose first argument is a text."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in names and isinstance(node.args[0].value, str):
                    yield path, node, node.args[0].value


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_that_both_languages_hold_the_same_texts() -> None:
    assert set(catalogue("nl")) == set(catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_no_text_is_empty_or_its_own_key(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip() or text == key] == []


def test_that_both_languages_fill_in_the_same_parameters() -> None:
    dutch, english = catalogue("nl"), catalogue("en")
    assert {key for key in dutch if fields(dutch[key]) != fields(english[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_the_compiled_catalogue_is_what_the_source_says(language: str) -> None:
    with (ROOT / "resources" / "wording" / language / "LC_MESSAGES" / "esk.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    source = catalogue(language)
    held = {key: text for key, text in vars(compiled)["_catalog"].items() if key}
    assert held == source


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_every_declared_name_has_its_text(language: str) -> None:
    assert sorted(set(declared_keys()) - set(catalogue(language))) == []


def test_that_every_text_asked_for_is_there() -> None:
    texts = catalogue("en")
    families = {key.split(".", 1)[0] for key in texts}
    asked = {key for _, _, key in calls("wording", "_wording") if KEY.fullmatch(key)}
    plurals = {f"{key}.{number}" for _, _, key in calls("plural") for number in ("one", "other")}
    named = {word for word in words_in_code() if KEY.fullmatch(word) and word.split(".", 1)[0] in families}
    stems = {key.rsplit(".", 1)[0] for key in texts}
    assert sorted((asked | plurals | named) - set(texts) - stems) == []


def test_that_every_issue_and_fault_has_its_text() -> None:
    codes = {f"issue.{code}" for _, _, code in calls("Issue")} | {f"fault.{code}" for _, _, code in calls("Fault")}
    assert sorted(codes - set(catalogue("en"))) == []


def test_that_no_text_is_left_over() -> None:
    declared = set(declared_keys())

    def is_used(key: str) -> bool:
        stem, _, last = key.rpartition(".")
        if last in ("one", "other", "short", "plural", "help") and (stem in declared or is_made(stem)):
            return True
        return key in declared or is_made(key)

    assert sorted(key for key in catalogue("en") if not is_used(key)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_a_wording_reads_its_own_catalogue(language: str) -> None:
    wording = Wording(language)  # type: ignore[arg-type]
    assert wording("group.responder") == catalogue(language)["group.responder"]
