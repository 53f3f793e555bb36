"""``import``: the import workbook as it is, any other list by its headings, a recipe and the answers given."""

from __future__ import annotations

import argparse
from collections.abc import Mapping as Of
from datetime import date
from typing import TYPE_CHECKING

from esk_engine.cli.backups import back_up_beside_work
from esk_engine.cli.console import Console
from esk_engine.cli.passphrase import show_recovery
from esk_engine.errors import Fault
from esk_engine.exchange.import_study import ImportResult, import_workbook
from esk_engine.study import Person
from esk_engine.study_file.connection import exists

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Mapping, Source


def run_import(options: argparse.Namespace, console: Console, person: Person) -> int:
    """Import one file; 1 where it is at fault, with every fault told."""
    path, key, is_real = options.study, options.key, not options.dry_run
    if is_real and exists(path):
        back_up_beside_work(path, key, console)
    try:
        done = _import(options, person)
    except Fault as fault:
        if not fault.code.startswith(("workbook", "not_a_workbook", "text_", "recipe_", "answer_")):
            raise
        concerned = options.recipe if fault.code.startswith("recipe_") else options.workbook
        console.fault(fault, str(concerned))
        return 1
    wording = console.wording
    console.issues(done.warnings)
    console.say(wording.plural("cli.imported", done.added))
    if done.same:
        console.say(wording.plural("cli.same", done.same))
    if done.changed:
        console.say(wording.plural("cli.changed", done.changed))
    if options.dry_run:
        console.say(wording("cli.dry_run"))
    elif done.created:
        show_recovery(options.key, console)
    if is_real:
        back_up_beside_work(path, key, console)
    return 0


def _import(options: argparse.Namespace, person: Person) -> ImportResult:
    today = date.today()
    from esk_engine.exchange import intake as lists

    if options.recipe is None and not options.answer and lists.is_import_workbook(options.workbook):
        return import_workbook(
            options.workbook, options.study, person=person, today=today, dry_run=options.dry_run, key=options.key
        )
    from esk_engine.exchange.intake.into_study import all_or_fault, import_intake, take_all, take_none

    source = lists.open_source(options.workbook)
    mapping = lists.propose(source)
    if options.recipe is not None:
        mapping = lists.applied(lists.read_recipe(options.recipe), source, mapping)
    mapping = _answered(source, mapping, _answers(options.answer))
    found = lists.read(source, mapping, today)
    choose = {"take": take_all, "leave": take_none}.get(options.differing, all_or_fault)
    return import_intake(found, options.study, person=person, choose=choose, dry_run=options.dry_run, key=options.key)


def _answers(given: list[str]) -> dict[str, str]:
    """``KEY=CHOICE``, as a question tells its key."""
    found: dict[str, str] = {}
    for text in given:
        key, sign, choice = text.rpartition("=")
        if not sign or not key:
            raise Fault("answer_unknown", value=text)
        found[key] = choice
    return found


def _answered(source: Source, mapping: Mapping, answers: Of[str, str]) -> Mapping:
    """The mapping with every answer carried out; Fault ``answer_unknown`` where no question has that key."""
    from esk_engine.exchange.intake import answer, questions
    from esk_engine.exchange.workbook_in import code_words

    for key, choice in answers.items():
        open_ = {question.key: question for question in questions(source, mapping, code_words())}
        if key not in open_:
            raise Fault("answer_unknown", value=key)
        question = open_[key]
        words = _words(choice) if question.code == "unknown_words" else choice
        mapping = answer(mapping, question, words)
    return mapping


def _words(choice: str) -> dict[str, str]:
    """``1:male,2:female``."""
    pairs = (pair.rpartition(":") for pair in choice.split(","))
    return {word.strip(): code.strip() for word, sign, code in pairs if sign}
