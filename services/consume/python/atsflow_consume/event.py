"""A record as it came from Kafka, with where it stands there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

TopicT = TypeVar("TopicT", bound=str)
RecordT = TypeVar("RecordT")


@dataclass(frozen=True)
class Consumed(Generic[TopicT, RecordT]):
    topic: TopicT
    partition: int
    offset: int
    key: str
    record: RecordT | None
    """None is a tombstone: what was known under the key is gone."""
    produced_at: datetime
    """In UTC."""
