"""Bytes to records: Confluent framing is a zero, the id of the writer's schema as four bytes, and Avro."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from typing import Any, cast

import fastavro
from fastavro.schema import SchemaParseException, parse_schema

from .registry import Registry, SchemaSource
from .topics import AvroTopic, Record, TypedDecoder

MAGIC = 0
HEADER_BYTES = 5

SCHEMAS: dict[str, Any] = json.loads(files(__package__).joinpath("schemas.json").read_text("utf-8"))
"""By topic: what the installed version reads its records with."""


class UndecodableError(Exception):
    """A value that no retry makes readable. Names none of what is in it."""


class Decoder(TypedDecoder):
    """Decodes with the schemas of the installed version, whichever version wrote a record.

    Times are aware datetimes in UTC, days are dates, and a symbol that this version does not know is UNKNOWN.
    """

    def __init__(self, registry: str | SchemaSource) -> None:
        """`registry` is the address of one, or a function from the id of a schema to the schema."""
        self._source = Registry(registry) if isinstance(registry, str) else registry
        self._writers: dict[int, Any | None] = {}
        self._readers: dict[str, Any] = {}

    def _read(self, topic: AvroTopic, value: bytes) -> Record:
        if topic not in SCHEMAS:
            raise ValueError(f"{topic} is none of the topics with a schema: {', '.join(SCHEMAS)}.")
        if len(value) < HEADER_BYTES or value[0] != MAGIC:
            raise UndecodableError(f"A value of {topic} is not in Confluent framing.")
        schema_id = int.from_bytes(value[1:HEADER_BYTES], "big")
        writer = self._writer_of(schema_id)
        if writer is None:
            raise UndecodableError(f"The registry has no Avro schema {schema_id}, named by a value of {topic}.")
        # Sound because the reader's schema and the types come from one file.
        return cast(Record, self._decoded(topic, schema_id, writer, value[HEADER_BYTES:]))

    def _decoded(self, topic: AvroTopic, schema_id: int, writer: Any, avro: bytes) -> Any:
        stream = io.BytesIO(avro)
        try:
            record = fastavro.schemaless_reader(stream, writer, self._reader_of(topic))
        except Exception as error:
            # Fastavro raises whatever it stumbles over, from EOFError to OverflowError, and may quote the bytes.
            raise UndecodableError(f"A value of {topic} does not fit schema {schema_id}.") from _named(error)
        if stream.read(1):
            raise UndecodableError(f"A value of {topic} does not fit schema {schema_id}.")
        return record

    def _reader_of(self, topic: AvroTopic) -> Any:
        if topic not in self._readers:
            self._readers[topic] = parse_schema(SCHEMAS[topic], named_schemas={})
        return self._readers[topic]

    def _writer_of(self, schema_id: int) -> Any | None:
        if schema_id not in self._writers:
            schema = self._source(schema_id)
            self._writers[schema_id] = None if schema is None else _parsed(schema)
        return self._writers[schema_id]


def _parsed(schema: Any) -> Any | None:
    """None for what is not an Avro schema."""
    try:
        return parse_schema(schema, named_schemas={})
    except (SchemaParseException, KeyError, TypeError, ValueError):
        return None


def _named(error: Exception) -> Exception:
    """Of what kind it was, without what it says."""
    return Exception(type(error).__name__)
