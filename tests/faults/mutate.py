"""A mutation run over the study file: small changes to the code, one at a time; do its tests notice?

``python -m tests.faults mutate`` takes 60 of the changes by chance, ``--long`` all. Each is made in a copy of the
repository, in which the tests that run its line then run, the quickest first, until one fails. A change that they all
let pass is printed with its place: it is either of no consequence or a test that is missing.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from tests.faults.processes import folder

ROOT = Path(__file__).resolve().parents[2]
_MUTATED = ROOT / "esk_engine" / "study_file"
_TESTS = (
    "tests/engine/study_file",
    *(f"tests/engine/test_{name}.py" for name in ("study", "people", "signing", "role", "restore")),
)
_COPIED = ("esk_engine", "resources", "tests", "pyproject.toml")
_SECONDS = 120.0  # a test run that takes longer hangs: the change was noticed
_MOST_TESTS = 60  # functions
_QUIETLY = ("-q", "-n", "0", "-p", "no:cacheprovider")

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its file, its line, what it is, and the file's text with it."""

    path: Path
    line: int
    what: str
    text: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change that is made to one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(body[0].value) for body in _bodies(tree) if body and isinstance(body[0], ast.Expr)}
    decorators = {id(part) for node in ast.walk(tree) for part in _decorating(node)}  # frozen or not: no behaviour
    for at, node in enumerate(ast.walk(tree)):
        if id(node) in docstrings | decorators:
            continue
        for number, (what, _) in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            twin = next(each for other, each in enumerate(ast.walk(changed)) if other == at)
            new = list(_changes(twin))[number][1]
            text = ast.unparse(ast.fix_missing_locations(_With(twin, new).visit(changed)))
            yield Mutant(path, getattr(node, "lineno", 0), what, text)


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.body


def _decorating(node: ast.AST) -> Iterator[ast.AST]:
    for decorator in getattr(node, "decorator_list", ()):
        yield from ast.walk(decorator)


class _With(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    @override
    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What a node may become: the name of the change, and the new node."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            yield f"{type(op).__name__} turned round", ast.Compare(left, [_COMPARISONS[type(op)]()], [right])
        case ast.BoolOp(op=op, values=values):
            yield "and / or exchanged", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not taken away", ast.Call(ast.Name("bool", ast.Load()), [operand], [])
        case ast.Constant(value=bool(value)):
            yield "True / False exchanged", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield "number one up", ast.Constant(value + 1)
        case ast.If(body=body, orelse=others):
            yield "condition always true", ast.If(ast.Constant(True), body, others)
            yield "condition never true", ast.If(ast.Constant(False), body, others)
        case ast.IfExp(body=value, orelse=other):
            yield "condition always true", value
            yield "condition never true", other
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield "statement taken away", ast.Pass()
        case ast.Return(value=value) if value is not None and not (isinstance(value, ast.Constant) and not value.value):
            yield "returns None", ast.Return(ast.Constant(None))
        case _:
            return


# -- which tests run a line -----------------------------------------------------------------------------------------


def _tests_of_lines(place: Path) -> dict[tuple[str, int], list[str]]:
    """Which tests run each line, the quickest first; those that do not pass as they are tell nothing."""
    import coverage

    settings = place / "coverage.ini"
    data = place / "coverage.data"
    settings.write_text(
        f"[run]\nbranch = True\ndynamic_context = test_function\nsource = esk_engine/study_file\ndata_file = {data}\n"
    )
    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", *_QUIETLY, *_TESTS]
    found = subprocess.run([*command, "--durations=0", "-vv"], cwd=place, capture_output=True, text=True, check=False)
    failed = {name.partition("[")[0] for name in re.findall(r"^FAILED (\S+)", found.stdout, re.MULTILINE)}
    seconds: dict[str, float] = {}
    for told, name in re.findall(
        r"^ *([0-9.]+)s (?:call|setup|teardown) +(\S+?)(?:\[.*)?$", found.stdout, re.MULTILINE
    ):
        seconds[name] = seconds.get(name, 0.0) + float(told)
    measured = coverage.CoverageData(str(data))
    measured.read()
    tests: dict[tuple[str, int], list[str]] = {}
    for file in measured.measured_files():
        for line, contexts in measured.contexts_by_lineno(file).items():
            names = [_node_of(context) for context in contexts if ".test_" in context]
            known = sorted(
                (name for name in names if name in seconds and name not in failed), key=lambda name: seconds[name]
            )
            tests[Path(file).relative_to(place).as_posix(), line] = known
    return tests


def _node_of(context: str) -> str:
    """The name that pytest has for a test function of that qualified name."""
    module, _, function = context.rpartition(".")
    return f"{module.replace('.', '/')}.py::{function}"


# -- running them --------------------------------------------------------------------------------------------------


def run(seed: int, n: int, workers: int = 2) -> str:
    """Make ``n`` changes by chance (0: all) and tell how many the tests noticed, and which they did not."""
    every = [mutant for path in sorted(_MUTATED.rglob("*.py")) for mutant in mutants(path)]
    chosen = random.Random(seed).sample(every, n) if 0 < n < len(every) else every
    with folder() as place, ThreadPoolExecutor(workers) as pool:
        copies = [_copy(place / str(number)) for number in range(workers)]
        tests = _tests_of_lines(copies[0])
        if not tests:
            return "no test passes as it is: nothing to measure"
        shares = [chosen[number::workers] for number in range(workers)]
        lists = list(pool.map(_unnoticed, copies, shares, [tests] * workers))
    let_pass = sorted((mutant for each in lists for mutant in each), key=lambda each: (each.path, each.line))
    lines = [f"{each.path.relative_to(ROOT)}:{each.line}: {each.what}" for each in let_pass]
    noticed = len(chosen) - len(let_pass)
    score = f"{noticed} of {len(chosen)} changes noticed ({100 * noticed / len(chosen):.1f} %), of {len(every)} in all"
    return "\n".join([*lines, score])


def _copy(place: Path) -> Path:
    place.mkdir()
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
        else:
            shutil.copy(source, place / name)
    return place


def _unnoticed(place: Path, share: list[Mutant], tests: dict[tuple[str, int], list[str]]) -> list[Mutant]:
    """Those changes that the tests let pass, tried in one copy after another."""
    found: list[Mutant] = []
    of_file: dict[str, list[str]] = {}  # for what runs at the import
    for (file, _), names in tests.items():
        of_file[file] = list(dict.fromkeys((*of_file.get(file, ()), *names)))
    for mutant in share:
        name = mutant.path.relative_to(ROOT)
        target = place / name
        original = target.read_text(encoding="utf-8")
        target.write_text(mutant.text, encoding="utf-8")
        if _pass(place, tests.get((name.as_posix(), mutant.line)) or of_file.get(name.as_posix(), [])):
            found.append(mutant)
        target.write_text(original, encoding="utf-8")
    return found


def _pass(place: Path, tests: list[str]) -> bool:
    """Whether the quickest tests of a line pass in a copy; without any test they do."""
    if not tests:
        return True
    command = [sys.executable, "-m", "pytest", "-x", *_QUIETLY, *tests[:_MOST_TESTS]]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command,
        cwd=place,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(_SECONDS) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return False
