"""What the registry is asked, how often, and what its answers mean. Against a server of the test's own."""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest.mock import patch
from urllib.error import HTTPError

from atsflow_consume import Registry

SCHEMA = {"type": "record", "name": "A", "fields": []}
FOUND = (200, {"schema": json.dumps(SCHEMA)})
AWAY = (503, {})


class Asking(unittest.TestCase):
    def setUp(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.asked: list[tuple[str, str | None]] = []
        test = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                test.asked.append((self.path, self.headers["Authorization"]))
                status, body = test.answers.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        waits = patch("atsflow_consume.registry.time.sleep", self.waited)
        waits.start()
        self.addCleanup(waits.stop)
        self.waits: list[float] = []

    def waited(self, seconds: float) -> None:
        self.waits.append(seconds)

    def ask(self, *answers: Any, login: str = "", path: str = "/apis/ccompat/v7/") -> Any:
        self.answers = list(answers)
        return Registry(f"http://{login}127.0.0.1:{self.server.server_port}{path}")(3)

    def test_the_schema_of_an_id(self) -> None:
        self.assertEqual(self.ask(FOUND), SCHEMA)
        self.assertEqual(self.asked, [("/apis/ccompat/v7/schemas/ids/3", None)])

    def test_a_login_in_the_address(self) -> None:
        self.assertEqual(self.ask(FOUND, login="user:p%40ss@", path=""), SCHEMA)
        self.assertEqual(self.asked, [("/schemas/ids/3", "Basic dXNlcjpwQHNz")])

    def test_what_there_is_not_and_what_is_no_avro(self) -> None:
        self.assertIsNone(self.ask((404, {"error_code": 40403})))
        self.assertIsNone(self.ask((200, {"schema": "{}", "schemaType": "JSON"})))

    def test_again_while_it_is_away(self) -> None:
        self.assertEqual(self.ask(AWAY, AWAY, FOUND), SCHEMA)
        self.assertEqual(self.waits, [0.4, 0.8])

    def test_not_for_ever_and_not_where_it_refuses(self) -> None:
        for answers, asked in ([AWAY] * 10, 10), ([(401, {})], 1):
            self.asked.clear()
            with self.assertRaises(HTTPError) as caught:
                self.ask(*answers, login="user:secret@")
            self.assertNotIn("secret", f"{caught.exception} {caught.exception.url}")
            self.assertEqual(len(self.asked), asked)
            caught.exception.close()


if __name__ == "__main__":
    unittest.main()
