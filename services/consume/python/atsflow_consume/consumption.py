"""Reading topics from Kafka, record after record; only what was committed, and from the beginning unless told otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, Callable, Iterator, Literal, Mapping, Optional, Sequence, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Message

from .decoder import SCHEMAS, Decoder, UndecodableError
from .event import Consumed
from .registry import SchemaSource
from .topics import AvroTopic, Event

POLL_S = 0.5
# What librdkafka tells and mends by itself. Everything else, such as a right that is missing, would be met for ever.
PASSING = frozenset(
    {
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._MAX_POLL_EXCEEDED,
        KafkaError._RESOLVE,
        KafkaError._TIMED_OUT,
        KafkaError._TRANSPORT,
    }
)


@dataclass(frozen=True)
class UndecodableRecord:
    """A record that is none of its topic: not framed, of a schema that the registry does not have, or broken."""

    topic: AvroTopic
    partition: int
    offset: int
    key: str
    value: bytes
    message: str
    """Why; names no value."""


OnUndecodable = Callable[[UndecodableRecord], Optional[object]]


def consume(
    *,
    brokers: str | Sequence[str],
    registry: str | SchemaSource,
    group_id: str,
    topics: Sequence[AvroTopic],
    start: Literal["beginning", "end"] = "beginning",
    on_undecodable: OnUndecodable | None = None,
    config: Mapping[str, Any] | None = None,
) -> Consumption:
    """Subscribes, and gives what comes to whoever iterates.

    registry: address of a Confluent-compatible one, or a function from the id of a schema to the schema.
    group_id: offsets are kept under it: a group that comes back goes on where it was.
    start: where a group starts that has no offsets yet.
    on_undecodable: called for a record that nobody can read, which is passed over once this returns. Without it the
        iteration raises `UndecodableError` there, and a group that comes back meets the record again.
    config: of librdkafka, such as security.protocol and sasl.*; what keeps offsets is set here.
    """
    unknown = [topic for topic in topics if topic not in SCHEMAS]
    if unknown:
        raise ValueError(f"no topics with a schema: {', '.join(unknown)}")
    consumer = Consumer(
        {
            **(config or {}),
            "bootstrap.servers": brokers if isinstance(brokers, str) else ",".join(brokers),
            "group.id": group_id,
            "auto.offset.reset": "earliest" if start == "beginning" else "latest",
            "isolation.level": "read_committed",
            # Committed in the background, but only what was handled.
            "enable.auto.commit": True,
            "enable.auto.offset.store": False,
        }
    )
    consumer.subscribe(list(topics))
    return Consumption(consumer, Decoder(registry), on_undecodable)


class Consumption:
    """To iterate over, inside `with`. A record counts as handled when the next one is asked for.

    So a body that raises leaves its record to come again; after a crash, those of the last five seconds do.
    """

    def __init__(self, consumer: Consumer, decoder: Decoder, on_undecodable: OnUndecodable | None) -> None:
        self._consumer = consumer
        self._decoder = decoder
        self._on_undecodable = on_undecodable
        self._given: Message | None = None
        self._stopping = False

    def stop(self) -> None:
        """Ends the iteration once the record at hand is handled. From a signal handler or another thread, too."""
        self._stopping = True

    def __enter__(self) -> Consumption:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commits what was handled and leaves the group."""
        self._consumer.close()

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        self._handled()
        while not self._stopping:
            message = self._consumer.poll(POLL_S)
            if message is None or _is_passing(message.error()):
                continue
            self._given = message
            event = self._event_of(message)
            if event is not None:
                return event
            self._handled()
        raise StopIteration

    def _handled(self) -> None:
        if self._given is None:
            return
        try:
            self._consumer.store_offsets(message=self._given)
        except KafkaException as error:
            # The partition is somebody else's by now, who reads the record again.
            if error.args[0].code() != KafkaError._STATE:
                raise
        self._given = None

    def _event_of(self, message: Message) -> Event | None:
        """None for what was passed over."""
        topic, value = cast(AvroTopic, message.topic()), message.value()
        partition, offset = message.partition() or 0, message.offset() or 0
        key = (message.key() or b"").decode()
        try:
            record = None if value is None else self._decoder.decode(topic, value)
        except UndecodableError as error:
            self._given = None
            if self._on_undecodable is None:
                place = f"{topic}/{partition}/{offset}"
                raise UndecodableError(
                    f'{place} cannot be read: {error} Give "on_undecodable" to pass over such records.'
                ) from error
            self._on_undecodable(UndecodableRecord(topic, partition, offset, key, value or b"", str(error)))
            self._given = message
            return None
        produced_at = datetime.fromtimestamp(message.timestamp()[1] / 1000, timezone.utc)
        # Sound because `decode` gives the record of the topic.
        return cast(Event, Consumed(topic, partition, offset, key, record, produced_at))


def _is_passing(error: KafkaError | None) -> bool:
    if error is None:
        return False
    if error.code() in PASSING and not error.fatal():
        return True
    raise KafkaException(error)
