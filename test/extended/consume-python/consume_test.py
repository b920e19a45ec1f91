"""Reading a topic from a real broker: what is delivered, passed over, committed, and delivered again."""

import io
import os
import unittest
import uuid
from typing import Any

import fastavro
from atsflow_consume import Consumption, Event, UndecodableError, UndecodableRecord, consume
from atsflow_consume.decoder import SCHEMAS
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from fastavro.utils import generate_one

BROKERS = os.environ["KAFKA_BROKERS"]
SCORE = SCHEMAS["pulsifi.score.v1"]
BROKEN = b"no record"
SOON_S = 60.0


def value_of(score_type: str) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, SCORE, {**generate_one(SCORE), "score_type": score_type})
    return b"\0\0\0\0\7" + stream.getvalue()


class Reading(unittest.TestCase):
    def setUp(self) -> None:
        # A topic of its own, since other tests read those of the product.
        self.topic = f"consume-python.{uuid.uuid4()}"
        self.group = f"consume-python-{uuid.uuid4()}"
        SCHEMAS[self.topic] = SCORE
        self.admin = AdminClient({"bootstrap.servers": BROKERS})
        self.admin.create_topics([NewTopic(self.topic, 1, 1)])[self.topic].result()
        self.addCleanup(lambda: self.admin.delete_topics([self.topic])[self.topic].result())
        self.addCleanup(SCHEMAS.pop, self.topic)

    def publish(self, *values: "bytes | None") -> None:
        producer = Producer({"bootstrap.servers": BROKERS})
        for value in values:
            producer.produce(self.topic, key="key", value=value)
        self.assertEqual(producer.flush(SOON_S), 0)

    def reading(self, **options: Any) -> Consumption:
        return consume(
            **{"brokers": BROKERS, "group_id": self.group, "topics": [self.topic], "registry": lambda _: SCORE, **options}
        )

    def types_of(self, events: "list[Any]") -> list[Any]:
        return [event.record and event.record["score_type"] for event in events]

    def take(self, consumption: Consumption, count: int) -> "list[Event]":
        events = [event for event, _ in zip(consumption, range(count))]
        return events

    def read(self, count: int, **options: Any) -> "list[Event]":
        """As a caller does who stops after so many, all handled."""
        events: list[Event] = []
        with self.reading(**options) as consumption:
            for event in consumption:
                events.append(event)
                if len(events) == count:
                    consumption.stop()
        return events

    def test_from_the_beginning_with_offsets_and_tombstones(self) -> None:
        self.publish(value_of("one"), None, value_of("two"))
        events = self.read(3)
        self.assertEqual(self.types_of(events), ["one", None, "two"])
        self.assertEqual([(e.topic, e.partition, e.offset, e.key) for e in events], [(self.topic, 0, n, "key") for n in range(3)])

    def test_a_group_goes_on_where_it_was(self) -> None:
        self.publish(value_of("one"), value_of("two"), value_of("three"))
        self.assertEqual(self.types_of(self.read(2)), ["one", "two"])
        self.assertEqual(self.types_of(self.read(1)), ["three"])

    def test_a_body_that_raises_gets_its_record_again(self) -> None:
        self.publish(value_of("one"), value_of("two"))
        with self.assertRaises(ZeroDivisionError), self.reading() as consumption:
            for event in consumption:
                if event.offset == 1:
                    raise ZeroDivisionError
        self.assertEqual(self.types_of(self.read(1)), ["two"])

    def test_what_nobody_can_read_ends_it_and_is_met_again(self) -> None:
        self.publish(value_of("one"), BROKEN, value_of("two"))
        for expected in (["one"], []):
            seen: list[Event] = []
            with self.assertRaisesRegex(UndecodableError, f"{self.topic}/0/1 cannot be read"):
                with self.reading() as consumption:
                    for event in consumption:
                        seen.append(event)
            self.assertEqual(self.types_of(seen), expected)

    def test_what_nobody_can_read_is_passed_over_once_somebody_was_told(self) -> None:
        self.publish(value_of("one"), BROKEN, value_of("two"))
        unread: list[UndecodableRecord] = []
        self.assertEqual(self.types_of(self.read(2, on_undecodable=unread.append)), ["one", "two"])
        self.assertEqual([(u.offset, u.key, u.value) for u in unread], [(1, "key", BROKEN)])

    def test_whoever_cannot_be_told_meets_it_again(self) -> None:
        def failing(_: UndecodableRecord) -> None:
            raise ZeroDivisionError

        self.publish(BROKEN, value_of("two"))
        with self.assertRaises(ZeroDivisionError), self.reading(on_undecodable=failing) as consumption:
            self.take(consumption, 1)
        unread: list[UndecodableRecord] = []
        self.assertEqual(self.types_of(self.read(1, on_undecodable=unread.append)), ["two"])
        self.assertEqual([u.offset for u in unread], [0])

    def test_a_partition_that_is_lost_meanwhile_is_no_error(self) -> None:
        self.publish(value_of("one"), value_of("two"))
        with self.reading() as consumption:
            self.assertEqual(self.types_of([next(consumption)]), ["one"])
            consumption._consumer.unassign()
            consumption.stop()
            self.assertEqual(list(consumption), [])

    def test_a_registry_that_is_away_is_no_broken_record(self) -> None:
        def away(_: int) -> Any:
            raise ConnectionError("away")

        self.publish(value_of("one"))
        with self.assertRaises(ConnectionError), self.reading(registry=away) as consumption:
            self.take(consumption, 1)
        self.assertEqual(self.types_of(self.read(1)), ["one"])

    def test_topics_without_a_schema_are_refused_at_once(self) -> None:
        with self.assertRaisesRegex(ValueError, "ats.raw.idibu"):
            self.reading(topics=["ats.raw.idibu"])


if __name__ == "__main__":
    unittest.main()
