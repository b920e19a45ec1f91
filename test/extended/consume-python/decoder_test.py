"""What the decoder makes of bytes, whichever version wrote them. Needs no broker."""

import copy
import io
import json
import unittest
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import fastavro
from atsflow_consume import Decoder, UndecodableError
from atsflow_consume.decoder import SCHEMAS
from fastavro.utils import generate_one

ROOT = Path(__file__).parents[3] / "schemas"
SCORE = "pulsifi.score.v1"
ID = 7


def framed(schema: Any, record: Any, schema_id: int = ID) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(schema, named_schemas={}), record)
    return b"\0" + schema_id.to_bytes(4, "big") + stream.getvalue()


def a_score(**changed: Any) -> Any:
    score = generate_one(SCHEMAS[SCORE])
    return {**score, "observed_at": datetime(2026, 5, 4, 9, 0, 0, 123000, timezone.utc), **changed}


def by_name(schema: Any) -> Any:
    return {(schema["namespace"], schema["name"]): schema}


class Decoding(unittest.TestCase):
    def test_every_topic(self) -> None:
        for topic, schema in SCHEMAS.items():
            with self.subTest(topic):
                record = fastavro.schemaless_reader(
                    io.BytesIO(framed(schema, generate_one(schema))[5:]), schema, None
                )
                self.assertEqual(Decoder(lambda _, s=schema: s).decode(topic, framed(schema, record)), record)

    def test_every_version_that_was_ever_written(self) -> None:
        topics = {(schema["namespace"], schema["name"]): topic for topic, schema in SCHEMAS.items()}
        files = sorted((ROOT / "history").glob("*.avsc"))
        self.assertGreater(len(files), len(SCHEMAS))
        for file in files:
            with self.subTest(file.name):
                writer = json.loads(file.read_text("utf-8"))
                topic = topics[(writer["namespace"], writer["name"])]
                record = Decoder(lambda _, s=writer: s).decode(topic, framed(writer, generate_one(writer)))
                self.assertEqual(set(record), {field["name"] for field in SCHEMAS[topic]["fields"]})

    def test_a_time_is_aware_and_in_utc(self) -> None:
        score = Decoder(lambda _: SCHEMAS[SCORE]).decode(SCORE, framed(SCHEMAS[SCORE], a_score()))
        self.assertEqual(score["observed_at"], datetime(2026, 5, 4, 9, 0, 0, 123000, timezone.utc))
        self.assertIsNotNone(score["observed_at"].tzinfo)

    def test_a_newer_symbol_is_unknown(self) -> None:
        newer = copy.deepcopy(SCHEMAS[SCORE])
        kind = next(field for field in newer["fields"] if field["name"] == "kind")
        kind["type"]["symbols"].append("NEWER")
        value = framed(newer, a_score(kind="NEWER"))
        self.assertEqual(Decoder(lambda _: newer).decode(SCORE, value)["kind"], "UNKNOWN")

    def test_asks_once_for_a_schema(self) -> None:
        asked: list[int] = []
        decoder = Decoder(lambda schema_id: (asked.append(schema_id), SCHEMAS[SCORE])[1])
        for _ in range(3):
            decoder.decode(SCORE, framed(SCHEMAS[SCORE], a_score()))
        self.assertEqual(asked, [ID])


class Refusing(unittest.TestCase):
    def refused(self, value: bytes, schema: Any = SCHEMAS[SCORE]) -> str:
        with self.assertRaises(UndecodableError) as caught:
            Decoder(lambda _: schema).decode(SCORE, value)
        return f"{caught.exception}{caught.exception.__cause__ or ''}"

    def test_what_is_not_framed(self) -> None:
        for value in (b"", b"\0\0\0\0", b'{"score": 1}'):
            self.assertIn("not in Confluent framing", self.refused(value))

    def test_an_id_that_the_registry_does_not_have(self) -> None:
        self.assertIn("no Avro schema 7", self.refused(framed(SCHEMAS[SCORE], a_score()), None))

    def test_what_is_cut_off_and_what_is_too_long(self) -> None:
        whole = framed(SCHEMAS[SCORE], a_score())
        for value in (whole[:-1], whole + b"\0"):
            self.assertIn("does not fit schema 7", self.refused(value))

    def test_a_schema_of_another_record_or_none_at_all(self) -> None:
        whole = framed(SCHEMAS[SCORE], a_score())
        for schema in (SCHEMAS["audit.v1"], {"type": "nonsense"}, "nonsense", 5):
            self.refused(whole, schema)

    def test_a_time_that_python_cannot_hold(self) -> None:
        plain = copy.deepcopy(SCHEMAS[SCORE])
        next(field for field in plain["fields"] if field["name"] == "observed_at")["type"] = "long"
        self.refused(framed(plain, a_score(observed_at=2**60)), SCHEMAS[SCORE])

    def test_without_quoting_what_is_in_it(self) -> None:
        schema = {**SCHEMAS[SCORE], "fields": [{"name": "application_key", "type": "string"}]}
        self.assertNotIn("confidential", self.refused(framed(schema, {"application_key": "confidential"}), schema))

    def test_a_topic_without_a_schema_is_a_mistake_of_the_caller(self) -> None:
        with self.assertRaises(ValueError):
            Decoder(lambda _: None).decode("ats.raw.idibu", b"\0\0\0\0\0\0")  # type: ignore[call-overload]


if __name__ == "__main__":
    unittest.main()
