"""Which topic carries which record. GENERATED from the .avsc files of schemas/ by `npm run generate`. Do not edit."""

from abc import ABC, abstractmethod
from typing import Literal, Union, overload

from .event import Consumed
from .records import (
    AuditEntry,
    Canary,
    Candidate,
    Company,
    Job,
    PulsifiAccess,
    PulsifiClaim,
    PulsifiInboxMessage,
    PulsifiInvitation,
    PulsifiJobBinding,
    PulsifiReference,
    PulsifiResult,
    PulsifiScore,
    PulsifiStatus,
)

AvroTopic = Literal[
    "ats.canonical.job.v1",
    "ats.canonical.candidate.v1",
    "ats.canonical.company.v1",
    "ats.canary.v1",
    "pulsifi.job-binding.v1",
    "pulsifi.invitation.v1",
    "pulsifi.access.v1",
    "pulsifi.claim.v1",
    "pulsifi.reference.v1",
    "pulsifi.inbox.v1",
    "pulsifi.result.v1",
    "pulsifi.score.v1",
    "pulsifi.status.v1",
    "audit.v1",
]

Record = Union[
    Job,
    Candidate,
    Company,
    Canary,
    PulsifiJobBinding,
    PulsifiInvitation,
    PulsifiAccess,
    PulsifiClaim,
    PulsifiReference,
    PulsifiInboxMessage,
    PulsifiResult,
    PulsifiScore,
    PulsifiStatus,
    AuditEntry,
]

# A union over the topics: `event.topic == "pulsifi.score.v1"` narrows `event.record`.
Event = Union[
    Consumed[Literal["ats.canonical.job.v1"], Job],
    Consumed[Literal["ats.canonical.candidate.v1"], Candidate],
    Consumed[Literal["ats.canonical.company.v1"], Company],
    Consumed[Literal["ats.canary.v1"], Canary],
    Consumed[Literal["pulsifi.job-binding.v1"], PulsifiJobBinding],
    Consumed[Literal["pulsifi.invitation.v1"], PulsifiInvitation],
    Consumed[Literal["pulsifi.access.v1"], PulsifiAccess],
    Consumed[Literal["pulsifi.claim.v1"], PulsifiClaim],
    Consumed[Literal["pulsifi.reference.v1"], PulsifiReference],
    Consumed[Literal["pulsifi.inbox.v1"], PulsifiInboxMessage],
    Consumed[Literal["pulsifi.result.v1"], PulsifiResult],
    Consumed[Literal["pulsifi.score.v1"], PulsifiScore],
    Consumed[Literal["pulsifi.status.v1"], PulsifiStatus],
    Consumed[Literal["audit.v1"], AuditEntry],
]


class TypedDecoder(ABC):
    """Decoding, typed by the name of the topic."""

    @abstractmethod
    def _read(self, topic: AvroTopic, value: bytes) -> Record: ...

    @overload
    def decode(self, topic: Literal["ats.canonical.job.v1"], value: bytes) -> Job: ...
    @overload
    def decode(self, topic: Literal["ats.canonical.candidate.v1"], value: bytes) -> Candidate: ...
    @overload
    def decode(self, topic: Literal["ats.canonical.company.v1"], value: bytes) -> Company: ...
    @overload
    def decode(self, topic: Literal["ats.canary.v1"], value: bytes) -> Canary: ...
    @overload
    def decode(self, topic: Literal["pulsifi.job-binding.v1"], value: bytes) -> PulsifiJobBinding: ...
    @overload
    def decode(self, topic: Literal["pulsifi.invitation.v1"], value: bytes) -> PulsifiInvitation: ...
    @overload
    def decode(self, topic: Literal["pulsifi.access.v1"], value: bytes) -> PulsifiAccess: ...
    @overload
    def decode(self, topic: Literal["pulsifi.claim.v1"], value: bytes) -> PulsifiClaim: ...
    @overload
    def decode(self, topic: Literal["pulsifi.reference.v1"], value: bytes) -> PulsifiReference: ...
    @overload
    def decode(self, topic: Literal["pulsifi.inbox.v1"], value: bytes) -> PulsifiInboxMessage: ...
    @overload
    def decode(self, topic: Literal["pulsifi.result.v1"], value: bytes) -> PulsifiResult: ...
    @overload
    def decode(self, topic: Literal["pulsifi.score.v1"], value: bytes) -> PulsifiScore: ...
    @overload
    def decode(self, topic: Literal["pulsifi.status.v1"], value: bytes) -> PulsifiStatus: ...
    @overload
    def decode(self, topic: Literal["audit.v1"], value: bytes) -> AuditEntry: ...
    @overload
    def decode(self, topic: AvroTopic, value: bytes) -> Record: ...
    def decode(self, topic: AvroTopic, value: bytes) -> Record:
        """The record as the installed version knows it, whichever version wrote it.

        Raises `UndecodableError` for bytes that can never be read.
        """
        return self._read(topic, value)
