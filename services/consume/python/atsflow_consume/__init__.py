"""`atsflow_consume`: reads the topics of this project as typed records.

`consume` reads them from Kafka. `Decoder` decodes what another client has fetched, or bytes from anywhere.
"""

from .consumption import Consumption, UndecodableRecord, consume
from .decoder import Decoder, UndecodableError
from .event import Consumed
from .registry import Registry, SchemaSource
from .topics import AvroTopic, Event, Record

__all__ = [
    "AvroTopic",
    "Consumed",
    "Consumption",
    "Decoder",
    "Event",
    "Record",
    "Registry",
    "SchemaSource",
    "UndecodableError",
    "UndecodableRecord",
    "consume",
]
