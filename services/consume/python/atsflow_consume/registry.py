"""The schema registry, for whoever reads: what a value was written with.

By the standard library, since one GET is all that reading needs; confluent-kafka's own client brings four packages more.
Where it has to be that one, a `SchemaSource` is a function.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any, Callable, Optional
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

SchemaSource = Callable[[int], Optional[Any]]
"""The Avro schema of an id, as `json.loads` gives it; None when there is none under the id."""

TIMEOUT_S = 10.0
ATTEMPTS = 10
WAIT_MAX_S = 5.0


class Registry:
    """A `SchemaSource` with the Confluent-compatible API, such as Apicurio's under /apis/ccompat/v7.

    User and password may stand in the URL. While the registry cannot be reached, a request is repeated for about half a
    minute, and then fails with the error of the last attempt.
    """

    def __init__(self, url: str) -> None:
        self._url, self._headers = _without_login(url)

    def __call__(self, schema_id: int) -> Any | None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._fetch(schema_id)
            except (URLError, TimeoutError, ConnectionError) as error:
                # An HTTPError is an answer; of those, only a server's fault may pass.
                if attempt == ATTEMPTS or (isinstance(error, HTTPError) and error.code < 500):
                    raise
                time.sleep(min(0.2 * 2**attempt, WAIT_MAX_S))
        raise AssertionError("the last attempt returns or raises")

    def _fetch(self, schema_id: int) -> Any | None:
        request = Request(f"{self._url}/schemas/ids/{schema_id}", headers=self._headers)
        try:
            with urlopen(request, timeout=TIMEOUT_S) as reply:
                return _schema_of(json.load(reply))
        except HTTPError as error:
            if error.code == 404:
                return None
            raise


def _schema_of(answer: dict[str, str]) -> Any | None:
    """A registry may hold other kinds too, and names Avro by naming none."""
    return json.loads(answer["schema"]) if answer.get("schemaType", "AVRO") == "AVRO" else None


def _without_login(url: str) -> tuple[str, dict[str, str]]:
    """The login leaves the URL, because errors print URLs."""
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])).rstrip("/")
    if parts.username is None:
        return bare, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return bare, {"Authorization": f"Basic {base64.b64encode(login).decode()}"}
