"""Where files are kept: under their own digest, in a folder or an object store (fsspec)."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

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
        if self._files.exists(path) and self._files.size(path) == len(content):
            return key
        if self._local:
            self._write_local(Path(path), content)
        else:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(path, content)  # object stores show an object once complete
        return key

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading; FileNotFoundError when it is not kept here."""
        return self._files.open(self._path(key), "rb")

    def delete(self, key: str) -> None:
        """Remove a file; one that is gone already is no error."""
        path = self._path(key)
        try:
            self._files.rm_file(path)
        except FileNotFoundError:
            return

    def _path(self, key: str) -> str:
        """Give the place of a key; nothing but a key of ours ever becomes a path."""
        if not _KEY.fullmatch(key):
            raise ValueError("this is no key of the file store")
        return f"{self._root}/{key}"

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
