"""Objects in Amazon S3 and in whatever speaks its protocol; none is put over one unread.

Who may write, and where, is said as every client of AWS is told: AWS_ACCESS_KEY_ID, a profile, the role of
the machine; AWS_ENDPOINT_URL_S3 names another server than Amazon's.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO, Any

from reports_builder.errors import ReportError

SCHEME = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IS_THERE = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_IS_GONE = frozenset({"NoSuchKey", "404"})
# The mode in which the owner of the account cannot shorten a lock either.
_LOCKED = "COMPLIANCE"
_SECONDS_TO_CONNECT, _SECONDS_TO_ANSWER, _TRIES = 10, 60, 3
_MOST_REMOVED_AT_ONCE = 1000
_PIECE = 1 << 20


@dataclass(frozen=True)
class StoredObject:
    """An object as a server lists it; ``tag`` is another one whenever its content is."""

    name: str
    size: int
    tag: str
    changed_at: datetime


@dataclass(frozen=True)
class ObjectFolder:
    """The objects below a prefix of a bucket, `s3://bucket/prefix`."""

    url: str
    bucket: str
    prefix: str
    client: Any

    def first_versions(self) -> dict[str, str]:
        """Name and first version of each object, also of one that was replaced or removed since; by name.

        Names are below the prefix; what lies deeper is left out.
        """
        with self._telling():
            pages = self.client.get_paginator("list_object_versions").paginate(
                Bucket=self.bucket, Prefix=self.prefix, Delimiter="/"
            )
            # The versions of a name come newest first.
            found = {
                each["Key"].removeprefix(self.prefix): each["VersionId"]
                for page in pages
                for each in page.get("Versions", ())
            }
        return dict(sorted(found.items()))

    def read(self, name: str, version: str) -> bytes:
        """The content of a version of an object."""
        with self._telling(name):
            answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name, VersionId=version)
            content: bytes = answer["Body"].read()
            return content

    def put_new(self, name: str, content: bytes, *, locked_until: date | None = None) -> bool:
        """Put an object, whole or not at all; False where one of that name is there, which stays as it is.

        With ``locked_until`` it asks the server to let nobody remove or replace it before that day ends, not
        even the owner of the account (retention mode COMPLIANCE). Some servers ignore what they do not know
        of a request, and a request whose answer was lost is sent again and finds its own object: look at its
        lock and its content afterwards.
        """
        lock: dict[str, Any] = {}
        if locked_until:
            lock = {"ObjectLockMode": _LOCKED, "ObjectLockRetainUntilDate": end_of(locked_until)}
        return self._put_if(name, content, IfNoneMatch="*", **lock)

    def locked_until(self, name: str, version: str) -> datetime | None:
        """Until when nobody can remove a version of an object; None where it shows no such lock."""
        with self._telling(name):
            found = self.client.head_object(Bucket=self.bucket, Key=self.prefix + name, VersionId=version)
        end: datetime | None = found.get("ObjectLockRetainUntilDate")
        return end if found.get("ObjectLockMode") == _LOCKED else None

    def objects(self) -> list[StoredObject]:
        """All objects below the prefix, however deep, by name."""
        with self._telling():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix
            )
            return [
                StoredObject(
                    each["Key"].removeprefix(self.prefix), each["Size"], each["ETag"], each["LastModified"]
                )
                for page in pages
                for each in page.get("Contents", ())
            ]

    def read_current(self, name: str) -> tuple[bytes, str] | None:
        """The content of an object and its tag; None where there is none."""
        with self._telling(name) as client_error:
            try:
                answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
            except client_error as error:
                if error.response["Error"]["Code"] in _IS_GONE:
                    return None
                raise
            return answer["Body"].read(), answer["ETag"]

    def copy_to(self, found: StoredObject, file: IO[bytes]) -> None:
        """Write the content of an object as it was listed; ReportError where it is another one by now."""
        with self._telling(found.name):
            answer = self.client.get_object(
                Bucket=self.bucket, Key=self.prefix + found.name, IfMatch=found.tag
            )
            # The length that the server named is checked at the end.
            for piece in answer["Body"].iter_chunks(_PIECE):
                file.write(piece)

    def put_file(self, name: str, path: Path) -> None:
        """Put a file, whole or not at all, over whatever is there: for names that one writer alone uses."""
        with path.open("rb") as content, self._telling(name):
            digest = base64.b64encode(hashlib.file_digest(content, "sha256").digest()).decode()
            content.seek(0)
            self.client.put_object(
                Bucket=self.bucket, Key=self.prefix + name, Body=content, ChecksumSHA256=digest
            )

    def replace(self, name: str, content: bytes, tag: str | None) -> bool:
        """Put an object over the one with ``tag``, or where there is none; False where another is there."""
        return self._put_if(name, content, **({"IfMatch": tag} if tag else {"IfNoneMatch": "*"}))

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects; that one is gone already is no error."""
        for start in range(0, len(names), _MOST_REMOVED_AT_ONCE):
            some = names[start : start + _MOST_REMOVED_AT_ONCE]
            keys = [{"Key": self.prefix + name} for name in some]
            with self._telling():
                answer = self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True}
                )
            for error in answer.get("Errors", ()):
                name = error["Key"].removeprefix(self.prefix)
                raise ReportError(f"{self.url}/{name} cannot be removed: the server says {error['Code']}.")

    def _put_if(self, name: str, content: bytes, **condition: Any) -> bool:
        """Put an object under a condition; whether it is there now."""
        with self._telling(name) as client_error:
            try:
                self.client.put_object(
                    Bucket=self.bucket,
                    Key=self.prefix + name,
                    Body=content,
                    ChecksumAlgorithm="SHA256",
                    **condition,
                )
            except client_error as error:
                # IfMatch of an object that was removed meanwhile is answered as if it were asked for.
                if error.response["Error"]["Code"] not in _IS_THERE | _IS_GONE:
                    raise
                # A server that put it and failed to answer is asked again, and finds what it put.
                there = self.read_current(name)
                return there is not None and there[0] == content
        return True

    @contextmanager
    def _telling(self, name: str = "") -> Iterator[Any]:
        """Say what goes wrong of an object as a ReportError; gives the class of errors of the server."""
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415

        place = f"{self.url}/{name}" if name else self.url
        try:
            yield ClientError
        except ClientError as error:
            told = error.response["Error"]
            said = f"{told.get('Code')} ({told.get('Message')})"
            raise ReportError(f"{place}: the server says {said}.") from error
        except (BotoCoreError, HTTPClientError) as error:
            raise ReportError(f"{place}: {error}") from error


def end_of(day: date) -> datetime:
    """The last second of a day, UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def open_folder(url: str) -> ObjectFolder:
    """The objects below `s3://bucket/prefix`; ReportError for another url, or without the client."""
    bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
    if not url.startswith(SCHEME) or not _BUCKET.fullmatch(bucket):
        raise ReportError(f"{url} names no bucket: write s3://bucket/prefix.")
    try:
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        from botocore.session import get_session  # noqa: PLC0415
    except ImportError as error:
        raise ReportError(f"{url} needs botocore: pip install 'ai-finops-warehouse[s3]'.") from error
    limits = Config(
        connect_timeout=_SECONDS_TO_CONNECT,
        read_timeout=_SECONDS_TO_ANSWER,
        retries={"mode": "standard", "total_max_attempts": _TRIES},
    )
    try:
        client = get_session().create_client("s3", config=limits)
    except (BotoCoreError, ValueError) as error:
        raise ReportError(f"{url}: {error}") from error
    prefix = prefix.strip("/")
    return ObjectFolder(url.rstrip("/"), bucket, f"{prefix}/" if prefix else "", client)
