"""Collects the app's texts for translators, and compiles what they wrote.

    python -m roto_gui.translations             # resources/roto_resources/translations/*.ts, *.qm
    python -m roto_gui.translations --check     # says whether anything is out of date

Texts are found in the source: ``self.tr("...")`` in a class, ``_tr("...")`` and ``tr("...")`` of a
module, ``QCoreApplication.translate("Context", "...")``, and the table of commands. ``lupdate``
and ``lrelease`` of PySide6 do the rest. A new language: an empty file ``roto_xx.ts`` beside the
others, then this command.
"""

from __future__ import annotations

import argparse
import ast
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from roto.errors import RotoError
from roto_gui.actions.table import CONTEXT, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LOCAL = ("tr", "_tr")
"""What modules call their own function that translates in their context."""

_OWNERS = {"work": "Workspace"}
"""Of which class an object is that functions ask for a translation; any other is a KeyError."""


class Text(NamedTuple):
    """One text as Qt looks it up."""

    context: str
    source: str


class ToolError(RotoError):
    """A tool of PySide6 is missing or has failed."""


def translations_folder() -> Path:
    """Where the .ts and .qm files are."""
    return Path(str(files("roto_resources"))) / "translations"


def find_texts(folder: Path | None = None) -> list[Text]:
    """Every text of the app, sorted, each once.

    Args:
        folder: Of Python files; None: the app's own.
    """
    found = set() if folder else {Text(CONTEXT, text) for text in texts()}
    for path in sorted((folder or Path(__file__).parent).rglob("*.py")):
        found.update(_in_module(ast.parse(path.read_text(encoding="utf-8"))))
    return sorted(found)


def as_source(found: Iterable[Text]) -> str:
    """Python source that names all texts, for ``lupdate`` to read."""
    return "".join(f"QT_TRANSLATE_NOOP({_quoted(c)}, {_quoted(s)})\n" for c, s in found)


def update(folder: Path) -> None:
    """Bring all .ts files of a folder up to date, and compile them.

    Raises:
        ToolError: ``lupdate`` or ``lrelease`` cannot be run.
    """
    for ts in sorted(folder.glob("*.ts")):
        with tempfile.TemporaryDirectory() as scratch:
            source = Path(scratch) / "texts.py"
            source.write_text(as_source(find_texts()), encoding="utf-8")
            options = ("-silent", "-no-obsolete", "-locations", "none", "-sort-messages")
            _run("lupdate", *options, str(source), "-ts", str(ts))
        compile_ts(ts, ts.with_suffix(".qm"))


def compile_ts(ts: Path, qm: Path) -> None:
    """Write the .qm file of a .ts file.

    Raises:
        ToolError: ``lrelease`` cannot be run.
    """
    _run("lrelease", "-silent", "-removeidentical", str(ts), "-qm", str(qm))


def outdated(folder: Path) -> list[str]:
    """Names of files that :func:`update` would change.

    Raises:
        ToolError: a tool cannot be run.
    """
    with tempfile.TemporaryDirectory() as scratch:
        for ts in folder.glob("*.ts"):
            shutil.copy(ts, scratch)
        update(Path(scratch))
        made = sorted(path for path in Path(scratch).iterdir())
        return [made_.name for made_ in made if not _same(made_, folder / made_.name)]


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _in_module(module: ast.Module) -> Iterator[Text]:
    own = _own_context(module)
    for scope, node in _calls(module, ""):
        arguments = [a.value for a in node.args if isinstance(a, ast.Constant)]
        strings = [a for a in arguments if isinstance(a, str)]
        name, owner = _callee(node.func)
        if not strings:
            continue
        if name == "translate" and len(strings) == 2:
            yield Text(*strings)
        elif name == "tr" and owner:
            yield Text(scope if owner == "self" else _OWNERS[owner], strings[0])
        elif name in _LOCAL and own is not None:
            yield Text(own, strings[0])


def _own_context(module: ast.Module) -> str | None:
    """The context of a module's own function for texts; None where it has none."""
    for part in module.body:
        if isinstance(part, ast.FunctionDef) and part.name in _LOCAL:
            for _, call in _calls(part, ""):
                if _callee(call.func)[0] == "translate" and isinstance(call.args[0], ast.Constant):
                    return str(call.args[0].value)
    return None


def _calls(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.Call]]:
    """All calls below a node, with the class they stand in."""
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.ClassDef) else scope
        if isinstance(child, ast.Call):
            yield inside, child
        yield from _calls(child, inside)


def _callee(function: ast.expr) -> tuple[str, str]:
    """Its name, and of a method the name of what has it."""
    if isinstance(function, ast.Attribute):
        owner = function.value
        return function.attr, owner.id if isinstance(owner, ast.Name) else ""
    return (function.id, "") if isinstance(function, ast.Name) else ("", "")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of PySide6; its own copy, which is in the wheel.

    Raises:
        ToolError: it is not there, or has failed.
    """
    import PySide6

    path = shutil.which(tool, path=str(Path(PySide6.__file__).parent)) or shutil.which(tool)
    if path is None:
        raise ToolError(f"{tool} of PySide6 was not found: install PySide6-Essentials.")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise ToolError(f"{tool} has failed: {said}. Mend the .ts file it names.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring the files up to date, or say what is not; 0 where all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="change nothing; 1: out of date")
    options = parser.parse_args(arguments)
    folder = translations_folder()
    if not options.check:
        update(folder)
        return 0
    late = outdated(folder)
    for name in late:
        sys.stderr.write(f"{name} is out of date: python -m roto_gui.translations\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
