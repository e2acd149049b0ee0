"""`python -m tests.evaluation [--notes NOTES.jsonl --truth TRUTH.json]`: how good the suggestions are.

`python -m tests.evaluation simulation …` is the simulated organisation alone (tests.simulation.telling); without any
argument it follows.
Without a file: the notes in shared/data beside this checkout where they lie there, the same sentences one field at a
time (tests.evaluation.fields), and the made workplace corpus of this folder at several sizes. Calibration: each corpus
is cut at several moments, needs are found in what came before, and the probability of each is held against whether the
person wrote about a recurrence of theirs again. Then the same for made histories without text
(tests.evaluation.histories).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from mentoring.needs import Challenge, Need
from suggestions.embedding import Embedder, load_embedder
from suggestions.needs import find_needs
from suggestions.themes import find_themes
from tests.evaluation.calibrated_text import text_calibration
from tests.evaluation.calibration import made_organisations
from tests.evaluation.corpus import Corpus, organisation
from tests.evaluation.fields import in_fields
from tests.evaluation.scoring import Score, score
from tests.simulation import telling

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"
NOTES, TRUTH = BESIDE / "notes_dev.jsonl", BESIDE / "notes_dev.truth.json"

SIZES = ((4, 4), (12, 3), (40, 1), (40, 2), (120, 5))
"""People and seed of each made corpus."""


def main() -> None:
    if sys.argv[1:2] == ["simulation"]:
        telling.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--notes", type=Path, help='JSON Lines of {"person", "at", "text"}')
    parser.add_argument("--truth", type=Path, help="JSON: person → recurrence → line numbers from 0")
    asked = parser.parse_args()
    if bool(asked.notes) != bool(asked.truth):
        parser.error("--notes and --truth go together")
    embedder = load_embedder()
    if embedder.notice:
        print(embedder.notice)
    for name, corpus in _corpora(asked.notes, asked.truth):
        evaluate(name, corpus, embedder)
    if asked.notes:
        in_one_field_each(_read(asked.notes, asked.truth), embedder)
    else:
        if NOTES.exists() and TRUTH.exists():
            in_one_field_each(_read(NOTES, TRUTH), embedder)
        made_organisations()
    if len(sys.argv) == 1:
        telling.main([])


def _corpora(notes: Path | None, truth: Path | None) -> Iterator[tuple[str, Corpus]]:
    if notes and truth:
        yield notes.name, _read(notes, truth)
        return
    if NOTES.exists() and TRUTH.exists():
        yield NOTES.name, _read(NOTES, TRUTH)
    for people, seed in SIZES:
        yield f"workplace, {people} people, seed {seed}", organisation(people, seed)


def _read(notes: Path, truth: Path) -> Corpus:
    lines = tuple(json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines() if line.strip())
    return Corpus(lines, json.loads(truth.read_text(encoding="utf-8")))


def in_one_field_each(corpus: Corpus, embedder: Embedder) -> None:
    """Prints F1 of the needs in streams of one field only, the streams of a field together."""
    for field, streams in in_fields(corpus):
        scores = [_scored(each, embedder) for each in streams]
        print(f"{field} alone, {len(streams)} streams: {sum(scores[1:], scores[0])}")


def _scored(corpus: Corpus, embedder: Embedder) -> Score:
    people, written = _challenges(corpus)
    needs, _ = _needs(written, max(each.at for each in written), embedder)
    return score([(people[need.person_id], need.evidence) for need in needs], corpus.truth)


def evaluate(name: str, corpus: Corpus, embedder: Embedder) -> None:
    """Prints F1 of the needs, then how far their probabilities can be believed."""
    began = time.perf_counter()
    people, written = _challenges(corpus)
    as_of = max(each.at for each in written)
    needs, cut = _needs(written, as_of, embedder)
    took = time.perf_counter() - began
    print(f"{name}: {len(written)} notes, {took:.1f} s, cut {cut:.2f}")
    print(f"  {score([(people[need.person_id], need.evidence) for need in needs], corpus.truth)}")
    vectors = embedder.embed([each.text for each in written])
    print("\n".join(text_calibration(corpus, people, written, vectors)))


def _challenges(corpus: Corpus) -> tuple[list[str], list[Challenge]]:
    people = sorted({line["person"] for line in corpus.lines})
    place = {person: at for at, person in enumerate(people)}
    return people, [
        Challenge(at, place[line["person"]], line["text"], datetime.fromisoformat(line["at"]))
        for at, line in enumerate(corpus.lines)
    ]


def _needs(written: list[Challenge], as_of: datetime, embedder: Embedder) -> tuple[tuple[Need, ...], float]:
    found = find_themes(written, embedder.embed([each.text for each in written]))
    return find_needs(found.themes, written, as_of), found.cut


if __name__ == "__main__":
    main()
