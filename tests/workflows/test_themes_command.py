"""`interlude themes`: a file of notes in, themes and needs out; a bad line is named, and nothing is guessed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workflows.commands.themes import read_notes

LOCKED = [
    "terraform state is locked again",
    "had to force-unlock the terraform state",
    "the terraform state lock again",
]
TALKS = [
    "nervous before presenting to the board",
    "my voice shakes when presenting slides",
    "nervous again while presenting my slides",
]
OTHERS = ["the coffee machine is broken", "lunch was nice", "moved my desk to the window", "new chairs arrived"]


def line(words: str, day: int = 1, **more: Any) -> str:
    return json.dumps({"person": "ada@example.org", "at": f"2026-11-{day:02}T09:00:00+00:00", "text": words} | more)


GOOD = [line(text, day) for day, text in enumerate([*LOCKED, *TALKS, *OTHERS], start=1)]


def run(folder: Path, lines: list[str] | bytes, *options: str) -> subprocess.CompletedProcess[str]:
    """The real command, in a process of its own, without any setting."""
    path = folder / "notes.jsonl"
    path.write_bytes(lines if isinstance(lines, bytes) else "\n".join(lines).encode())
    command = [sys.executable, "-m", "workflows.cli", "themes", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    done = run(tmp_path_factory.mktemp("notes"), GOOD, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_answer_has_exactly_the_promised_shape(found: dict[str, Any]) -> None:
    assert list(found) == ["themes", "needs", "not_analysed"]
    assert found["not_analysed"] == []
    assert all(list(theme) == ["id", "label", "notes"] for theme in found["themes"])
    when = ["next_at", "next_from", "next_until"]
    fields = ["person", "theme", "evidence", "probability", "rate", "trend", "season_days", *when]
    assert all(list(need) == fields for need in found["needs"])
    assert all(need["next_from"] < need["next_at"] < need["next_until"] for need in found["needs"])


def test_what_recurs_is_found_with_its_lines(found: dict[str, Any]) -> None:
    assert sorted(need["evidence"] for need in found["needs"]) == [[0, 1, 2], [3, 4, 5]]
    assert all(need["person"] == "ada@example.org" and 0 < need["probability"] < 1 for need in found["needs"])


def test_needs_point_at_themes(found: dict[str, Any]) -> None:
    notes = {theme["id"]: theme["notes"] for theme in found["themes"]}
    assert all(set(need["evidence"]) <= set(notes[need["theme"]]) for need in found["needs"])


def test_a_person_may_read_it(tmp_path: Path) -> None:
    done = run(tmp_path, GOOD)
    assert done.returncode == 0
    assert "ada@example.org" in done.stdout
    assert "2026-11-01  terraform state is locked again" in done.stdout


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \n"])
def test_an_empty_file_has_no_themes(tmp_path: Path, content: bytes) -> None:
    done = run(tmp_path, content, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"themes": [], "needs": [], "not_analysed": []})


BAD = {
    "not JSON": ("{", "line 2 is not JSON"),
    "not an object": ("[1]", "line 2 is not an object"),
    "no text": ('{"person": "a", "at": "2026-11-01T09:00:00Z"}', 'line 2 has no "text"'),
    "no person": ('{"text": "a", "at": "2026-11-01T09:00:00Z"}', 'line 2 has no "person"'),
    "a number for text": (line("x", text=3), 'line 2 has a "text" that is not text'),
    "null for a person": (line("x", person=None), 'line 2 has a "person" that is not text'),
    "an empty text": (line(" "), 'line 2 has an empty "text"'),
    "no time zone": (line("x", at="2026-11-01T09:00:00"), 'line 2 has an "at" without a time zone'),
    "a day": (line("x", at="2026-11-01"), 'line 2 has an "at" without a time zone'),
    "no time": (line("x", at="yesterday"), 'line 2 has an "at" that is not a time'),
    "the end of time": (line("x", at="9999-12-31T23:59:00-10:00"), 'line 2 has an "at" out of range'),
}


@pytest.mark.parametrize(("bad", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, bad: str, words: str) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("\n".join([GOOD[0], bad, GOOD[1]]))
    with pytest.raises(Exception, match=words):
        read_notes(path)


def test_a_bad_line_is_exit_two_and_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, [*GOOD[:4], "{", "{"], "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "interlude: line 5 is not JSON\n"


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    done = run(tmp_path, GOOD[0].encode() + b"\n\xff\xfe\n", "--json")
    assert (done.returncode, done.stderr) == (2, "interlude: line 2 is not UTF-8 text\n")


def test_a_byte_order_mark_and_blank_lines_change_nothing(tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain.jsonl", tmp_path / "odd.jsonl"
    plain.write_text("\n".join(GOOD))
    odd.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(GOOD).encode() + b"\r\n\r\n\n")
    assert read_notes(plain) == read_notes(odd)


def test_separators_inside_a_text_do_not_end_a_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(json.dumps(json.loads(line("one\u2028two")), ensure_ascii=False) + "\n" + line("x"))
    assert [note.line for note in read_notes(path)] == [0, 1]


def test_the_same_note_twice_on_a_day_is_one_day(tmp_path: Path) -> None:
    done = run(tmp_path, [line("stuck on the state lock", 3)] * 5 + [line("stuck on the state lock", 4)] * 5, "--json")
    assert json.loads(done.stdout)["needs"] == []


def test_without_the_model_it_says_so_and_goes_on(tmp_path: Path) -> None:
    done = run(tmp_path, GOOD, "--json", "--model", "gone.onnx", "--tokenizer", "gone.json")
    assert done.returncode == 0
    assert "spelling" in done.stderr
    assert "gone.onnx" in done.stderr
    assert json.loads(done.stdout)["themes"]


def test_the_same_file_gives_the_same_answer(tmp_path: Path, found: dict[str, Any]) -> None:
    assert json.loads(run(tmp_path, GOOD, "--json").stdout) == found


def test_lines_in_another_language_are_named_and_left_out(tmp_path: Path) -> None:
    german = line("Der Zustand von Terraform ist schon wieder gesperrt worden.", 20)
    done = run(tmp_path, [*GOOD, german], "--json")
    found = json.loads(done.stdout)
    assert found["not_analysed"] == [{"line": len(GOOD), "language": "de"}]
    assert all(len(GOOD) not in theme["notes"] for theme in found["themes"])
    told = run(tmp_path, [*GOOD, german]).stdout
    assert f"Line {len(GOOD) + 1} was not analysed: it seems to be German, and English is read." in told
