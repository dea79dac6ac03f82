"""Where files are kept: under their own digest, in a folder or an object store (fsspec)."""

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

SMALL = ".small"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")


class FileStore:
    """Files by key, `ab/cd/abcd…` after the SHA-256 of their content.

    Equal content is kept once, so a caller deletes a key only when no row names it any more.
    """

    def __init__(self, url: str, **options: Any) -> None:
        """Use a folder or any store fsspec knows by URL (`file:///srv/files`, `s3://bucket/x`).

        A folder that does not exist is made with mode 0700.
        """
        self._files, root = url_to_fs(url, **options)
        self._root = root.rstrip("/")
        self._local = isinstance(self._files, LocalFileSystem)
        if self._local:
            Path(self._root).mkdir(mode=0o700, parents=True, exist_ok=True)

    @classmethod
    def beside(cls, var: Path) -> "FileStore":
        """Use the folder `files` of the state folder, the default of a deployment."""
        return cls((Path(var).resolve() / "files").as_uri())

    def put(self, content: bytes, sha256: str) -> str:
        """Keep content and return its key; readers see all of it or nothing.

        Raises ValueError when `sha256` is not the digest of `content`.
        """
        if not _DIGEST.fullmatch(sha256) or hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError("the digest is not that of the content")
        key = f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
        path = self._path(key)
        if not self._files.exists(path) or self._files.size(path) != len(content):
            self._write(path, content)
        return key

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading; FileNotFoundError when it is not kept here."""
        return self._files.open(self._path(key), "rb")

    def open_small(self, key: str, draw: Callable[[bytes], bytes]) -> BinaryIO:
        """Open the small copy beside a picture; `draw` makes it of the content the first time."""
        path = self._path(key) + SMALL
        try:
            return self._files.open(path, "rb")
        except FileNotFoundError:
            with self.open(key) as original:
                content = draw(original.read())
        self._write(path, content)
        return io.BytesIO(content)

    def delete(self, key: str) -> None:
        """Remove a file and its small copy; what is gone already is no error."""
        path = self._path(key)
        for one in (path + SMALL, path):
            with suppress(FileNotFoundError):
                self._files.rm_file(one)

    def _path(self, key: str) -> str:
        """Give the place of a key; nothing but a key of ours ever becomes a path."""
        if not _KEY.fullmatch(key):
            raise ValueError("this is no key of the file store")
        return f"{self._root}/{key}"

    def _write(self, path: str, content: bytes) -> None:
        if self._local:
            self._write_local(Path(path), content)
        else:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(path, content)  # object stores show an object once complete

    @staticmethod
    def _write_local(path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=".draft.", dir=path.parent)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
