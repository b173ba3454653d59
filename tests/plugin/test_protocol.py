"""What runs inside a host, and the protocol itself: words, framing, documentation."""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import roto.errors
from roto_plugin import protocol
from roto_plugin.handlers import HANDLERS
from roto_plugin.jobs import JOBS
from roto_plugin.protocol import (
    EVENTS,
    MAX_LINE,
    METHODS,
    ProtocolError,
    read_message,
    write_message,
)

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "plugin" / "roto_plugin"
IN_HOSTS = ("book.py", "client.py", "link.py", "messages.py", "protocol.py", "starting.py")


@pytest.mark.parametrize("name", IN_HOSTS)
def test_what_runs_in_hosts_is_python_3_9_and_the_standard_library(name):
    tree = ast.parse((FOLDER / name).read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            assert f"{node.module}.py" in IN_HOSTS
    assert imported <= set(sys.stdlib_module_names)


def python_3_9():
    """The oldest Python that a host may have, if it is installed here."""
    versions = Path.home() / ".pyenv" / "versions"
    for found in (shutil.which("python3.9"), *sorted(versions.glob("3.9.*/bin/python3.9"))):
        if found and not subprocess.run([found, "-c", ""], capture_output=True).returncode:
            return str(found)
    return None


VENDORED = """
import sys, time
sys.path.insert(0, sys.argv[1])
from some_addon.client import Client, engine_command
client = Client(engine_command(sys.argv[2]), name="old host")
print(client.wait(client.call("models"), 240)["models"][0]["name"])
client.close(wait=60)
assert not {"roto", "roto_plugin", "numpy"} & set(sys.modules)
"""


def test_the_client_copied_into_an_add_on_works_in_the_oldest_python(tmp_path):
    """Where there is no Python 3.9 this one is taken, and the test above has read the syntax."""
    addon = tmp_path / "some_addon"
    addon.mkdir()
    (addon / "__init__.py").touch()
    for name in IN_HOSTS:
        shutil.copy(FOLDER / name, addon)
    old = python_3_9() or sys.executable
    kept = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
    found = subprocess.run(
        [old, "-W", "error", "-c", VENDORED, str(tmp_path), sys.executable],
        capture_output=True,
        text=True,
        env=kept,
        timeout=500,
    )
    assert (found.stdout.strip(), found.returncode) == ("small", 0), found.stderr


def test_every_schema_is_one_and_every_method_has_somebody_who_answers():
    for method in METHODS.values():
        Draft202012Validator.check_schema(method.params)
        Draft202012Validator.check_schema(method.result)
    for _, schema in EVENTS.values():
        Draft202012Validator.check_schema(schema)
    assert {n for n, m in METHODS.items() if m.job} == set(JOBS)
    assert {n for n, m in METHODS.items() if m.edits} <= set(HANDLERS)
    others = {"status", "app"}
    assert {n for n, m in METHODS.items() if m.project} == {*JOBS, *HANDLERS, *others}


def test_no_kind_of_error_means_two_things():
    assert not [kind for kind in protocol.ERRORS if hasattr(roto.errors, kind)]


def test_the_page_about_the_protocol_is_of_today():
    page = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "make_protocol.py")],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(FOLDER.parent), "PYTHONUTF8": "1"},
        check=True,
    ).stdout
    again = "run: python docs/make_protocol.py > docs/protocol.md"
    assert page.decode() == (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8"), again


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(), json_values))
def test_what_is_written_is_read(message):
    line = write_message(message)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert read_message(io.BytesIO(line)) == message


def test_half_a_surrogate_pair_goes_through_as_file_names_may_have_one():
    message = {"path": "/plates/\udcff.png"}
    assert read_message(io.BytesIO(write_message(message))) == message


BAD = [
    b"nonsense\n",
    b"[1]\n",
    b"null\n",
    b"7\n",
    b'{"id": NaN}\n',
    b'{"id": Infinity}\n',
    b"\xff\xfe{}\n",
    b"{" * 100000 + b"\n",
    b"[" * 100000 + b"\n",
    b'{"id": ' + b"9" * 100000 + b"}\n",
    b'{"a": 1',
]


@pytest.mark.parametrize("line", BAD, ids=[repr(bad[:12]) for bad in BAD])
def test_a_bad_line_is_refused_and_the_next_one_read(line):
    stream = io.BytesIO(line + (b"" if line.endswith(b"\n") else b"\n") + b'{"id": 1}\n')
    with pytest.raises(ProtocolError) as caught:
        read_message(stream)
    assert caught.value.kind == "ParseError"
    assert read_message(stream) == {"id": 1}
    assert read_message(stream) is None


def test_a_line_that_is_too_long_is_skipped_without_being_held():
    stream = io.BytesIO(b"x" * (3 * MAX_LINE + 5) + b"\n\n  \n" + b'{"id": 2}\n')
    with pytest.raises(ProtocolError) as caught:
        read_message(stream)
    assert caught.value.kind == "TooLongError"
    assert read_message(stream) == {"id": 2}
    with pytest.raises(ProtocolError, match="too long"):
        write_message({"a": "x" * MAX_LINE})
    exact = {"a": "x" * (MAX_LINE - len(json.dumps({"a": ""}, separators=(",", ":"))) - 1)}
    assert read_message(io.BytesIO(write_message(exact))) == exact
