"""Prints every score as it comes. Needs: pip install confluent-kafka fastavro

    KAFKA_BROKERS=127.0.0.1:9092 SCHEMA_REGISTRY_URL=http://127.0.0.1:8081/apis/ccompat/v7 python3 scores.py
"""
import io
import json
import os
import urllib.request

import fastavro
from confluent_kafka import Consumer

REGISTRY = os.environ.get("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081/apis/ccompat/v7")
schemas = {}


def decode(value):
    """Confluent framing: a zero, the id of the writer's schema as four bytes, Avro."""
    schema_id = int.from_bytes(value[1:5], "big")
    if schema_id not in schemas:
        with urllib.request.urlopen(f"{REGISTRY}/schemas/ids/{schema_id}") as reply:
            schemas[schema_id] = fastavro.parse_schema(json.loads(json.load(reply)["schema"]))
    return fastavro.schemaless_reader(io.BytesIO(value[5:]), schemas[schema_id])


consumer = Consumer({
    "bootstrap.servers": os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092"),
    "group.id": os.environ.get("GROUP", "scores-in-python"),
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",
})
consumer.subscribe(["pulsifi.score.v1"])
while True:
    message = consumer.poll(1.0)
    if message is None or message.error():
        continue
    if message.value() is None:
        print("erased", message.key().decode(), flush=True)
        continue
    score = decode(message.value())
    print(score["application_key"], score["score_type"], score["normalized"], flush=True)
