"""A sentence-transformers model in ONNX: tokens in, one unit vector a text out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnxruntime import InferenceSession, SessionOptions  # type: ignore[attr-defined]  # its own __all__ lacks them
from tokenizers import Tokenizer

from suggestions.model_files import NoModel
from suggestions.vectors import Vectors, unit

MOST_TOKENS = 256
"""Longer texts are cut: the model was trained on no more (model card of all-MiniLM-L6-v2)."""

TOKENS_A_BATCH = 2048
"""Texts of a like length go together, as many as make about so many tokens: little padding, little memory."""


class SentenceModel:
    """The mean over a text's own tokens of the model's last layer, scaled to length 1.

    The marks that the tokenizer puts before and after a text are read by the model and left out of the mean: in a text
    of six words they would be a quarter of it, and they say more about sentences in general than about this one.

    name: identifies model and weights, for caches. Raises NoModel when the files cannot be loaded.
    """

    notice = ""

    def __init__(self, name: str, model: Path, tokenizer: Path, threads: int = 2) -> None:
        self.name = name
        self._tokenizer = _tokenizer(tokenizer)
        self._session = _session(model, threads)
        self._inputs = {each.name for each in self._session.get_inputs()}
        self.dimensions = int(self._run([[0]], [[1]]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), float32. The same text has the same vector wherever it stands in the list."""
        distinct = sorted(set(texts))
        readable = [text.encode("utf-8", "replace").decode() for text in distinct]  # a lone surrogate has no UTF-8
        encoded = self._tokenizer.encode_batch(readable)
        tokens, own = [each.ids for each in encoded], [_own(each.special_tokens_mask) for each in encoded]
        vectors = np.zeros((len(distinct), self.dimensions), np.float32)
        for batch in _batches(tokens):
            vectors[batch] = self._run([tokens[each] for each in batch], [own[each] for each in batch])
        place = {text: at for at, text in enumerate(distinct)}
        return np.asarray(vectors[[place[text] for text in texts]], dtype=np.float32)

    def _run(self, tokens: Sequence[Sequence[int]], own: Sequence[Sequence[int]]) -> Vectors:
        longest = max(len(each) for each in tokens)
        ids = np.zeros((len(tokens), longest), np.int64)
        mask, weights = np.zeros_like(ids), np.zeros((*ids.shape, 1), np.float32)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
            weights[row, : len(each), 0] = own[row]
        offered = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        given = {name: value for name, value in offered.items() if name in self._inputs}
        (layer, *_) = self._session.run(None, given)
        return unit((layer * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1))


def _own(special: Sequence[int]) -> list[int]:
    """1 for each token of the text, 0 for the tokenizer's marks; where there are only these, they must do."""
    return [1 - each for each in special] if not all(special) else [1] * len(special)


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    batch: list[int] = []
    for each in sorted(range(len(tokens)), key=lambda at: (len(tokens[at]), at)):
        if batch and len(tokens[each]) * (len(batch) + 1) > TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _tokenizer(path: Path) -> Any:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as problem:  # the library raises bare Exception
        raise NoModel(f"the tokenizer {path.name} cannot be read") from problem
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer


def _session(path: Path, threads: int) -> Any:
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as problem:  # the library's errors share no other base
        raise NoModel(f"the model {path.name} cannot be loaded") from problem
