"""Workshop code is read without running it, and shown with its true line numbers."""

import os

import pytest

from app.engine.curriculum.source_code import code_hash, definitions, read_blocks
from tests.engine.content import FLOW, write_step


@pytest.fixture
def flow_file(tmp_path):
    return write_step(tmp_path).with_name("flow.py")


def test_definitions_are_those_of_the_top_level_in_order(tmp_path):
    file = tmp_path / "code.py"
    file.write_text("A = B = 1\nC: int = 2\nclass D:\n    E = 3\nasync def f(): pass\nx.y = 4\nfor i in (): G = 5\n")
    assert list(definitions(file)) == ["A", "B", "C", "D", "f"]


def test_blocks_begin_at_the_decorator_and_keep_their_true_lines(flow_file):
    lines = FLOW.splitlines()
    first, second = read_blocks(flow_file, ("first_flow", "load"))
    assert (first.first_line, second.first_line) == (11, 6)
    for block in (first, second):
        shown = block.text.splitlines()
        assert shown == lines[block.first_line - 1 : block.first_line - 1 + len(shown)]
    assert first.text.startswith("@flow(log_prints=True)\ndef first_flow")
    assert second.text == "@task\ndef load(rows):\n    return rows"


def test_a_decorator_of_several_lines_is_shown_whole(flow_file):
    flow_file.write_text("import x\n\n@a\n@b(\n    1,\n)\nclass C:\n    pass\n")
    (block,) = read_blocks(flow_file, ("C",))
    assert (block.first_line, block.text) == (3, "@a\n@b(\n    1,\n)\nclass C:\n    pass")


def test_a_comment_above_a_definition_belongs_to_it(flow_file):
    flow_file.write_text("A = 1\n\n# TODO: more,\n# and better.\n@a\ndef c():\n    pass\n")
    (block,) = read_blocks(flow_file, ("c",))
    assert (block.first_line, block.text) == (3, "# TODO: more,\n# and better.\n@a\ndef c():\n    pass")


@pytest.mark.parametrize("names", [(), ("load", "gone")])
def test_without_known_names_the_whole_file_is_shown(flow_file, names):
    (block,) = read_blocks(flow_file, names)
    assert (block.first_line, block.text) == (1, FLOW)


@pytest.mark.parametrize("spoilt", [b"def broken(:\n", b'NAME = "\xe9"\n'])
def test_a_file_that_is_broken_just_now_is_shown_whole(flow_file, spoilt):
    flow_file.write_bytes(FLOW.encode() + spoilt)
    (block,) = read_blocks(flow_file, ("load",))
    assert block.first_line == 1
    assert block.text.startswith(FLOW)


def test_the_code_hash_changes_with_an_edit_and_with_nothing_else(tmp_path, flow_file):
    before = code_hash(tmp_path)
    assert len(before) == 12
    os.utime(flow_file, (1, 1))
    flow_file.with_name("notes.txt").write_text("no code")
    assert code_hash(tmp_path) == before
    flow_file.write_text(FLOW.replace("rows=1", "rows=2"))
    os.utime(flow_file, (1, 1.5))
    edited = code_hash(tmp_path)
    assert edited != before
    flow_file.write_text(FLOW)
    assert code_hash(tmp_path) == before


def test_the_code_hash_sees_a_new_file_and_a_new_name_but_not_where_the_workspace_lies(tmp_path):
    for learner in ("ada", "bob"):
        write_step(tmp_path / learner)
    ada, bob = tmp_path / "ada", tmp_path / "bob"
    assert code_hash(ada) == code_hash(bob)
    code = bob / "workshop/prefect/first/flow.py"
    code.rename(code.with_name("other.py"))
    renamed = code_hash(bob)
    assert renamed != code_hash(ada)
    code.with_name("more.py").write_text("")
    assert code_hash(bob) != renamed
