"""From texts to vectors that lie close where the texts mean the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from suggestions.lexical import LexicalEmbedder
from suggestions.minilm import SentenceModel
from suggestions.model_files import MODEL, TOKENIZER, NoModel, PackagedFile, installed, sha256
from suggestions.vectors import Vectors, as_bytes, from_bytes

__all__ = ["Embedder", "embed_new", "load_embedder", "text_hash"]


POOLING = "own"
"""How a text's vector is made of its tokens', as part of the name: of the text's own alone. Kept ones made otherwise
must not meet them."""

Shipped = tuple[PackagedFile, PackagedFile]
"""Model and tokenizer."""


class Embedder(Protocol):
    """name: identifies the method and its weights (64 characters at most), for caches. dimensions: of a vector.

    notice: empty, or one sentence for people saying why the judgement is lexical.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def notice(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), float32, rows of length 1. A text's vector depends on nothing but the
        text."""
        ...


def load_embedder(
    model_path: str = "", tokenizer_path: str = "", threads: int = 2, shipped: Shipped = (MODEL, TOKENIZER)
) -> Embedder:
    """The sentence model: the one shipped, its files' sha256 checked, or another at those two paths, named by its own.

    Where it is missing, damaged or unreadable: the lexical embedder, whose notice says so.
    """
    try:
        return _sentence_model(model_path, tokenizer_path, threads, shipped)
    except NoModel as problem:
        return LexicalEmbedder(str(problem))


def _sentence_model(model_path: str, tokenizer_path: str, threads: int, shipped: Shipped) -> SentenceModel:
    if not (model_path or tokenizer_path):
        model, tokenizer = (installed(file) for file in shipped)
        return SentenceModel(f"all-MiniLM-L6-v2-int8:{shipped[0].sha256[:12]}:{POOLING}", model, tokenizer, threads)
    if not (model_path and tokenizer_path):
        raise NoModel("a model and its tokenizer must be named together, and only one of them was")
    both = sha256(Path(model_path)) + sha256(Path(tokenizer_path))
    name = f"{Path(model_path).stem[:40]}:{hashlib.sha256(both.encode()).hexdigest()[:12]}:{POOLING}"
    return SentenceModel(name, Path(model_path), Path(tokenizer_path), threads)


def text_hash(text: str) -> str:
    """What a kept vector is found by: sha256 of the text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def embed_new(embedder: Embedder, texts: Sequence[str], kept: Mapping[str, bytes]) -> tuple[Vectors, dict[str, bytes]]:
    """Vectors of the texts, those already kept not made again, and what is worth keeping: {text hash: vector}."""
    hashes = [text_hash(text) for text in texts]
    missing = {each: text for each, text in zip(hashes, texts, strict=True) if each not in kept}
    made = dict(zip(missing, as_bytes(embedder.embed(list(missing.values()))), strict=True)) if missing else {}
    return from_bytes([kept.get(each) or made[each] for each in hashes], embedder.dimensions), made
