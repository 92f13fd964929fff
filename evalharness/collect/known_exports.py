"""Exports of platforms that are known by their keys though they are read by a field map: the maps of docs/field-map.md, whole.

They stand here so that `init` can write them; a platform whose export is read without a map has its own reader in platforms/.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from evalharness.collect.platforms.payload import inner, objects

_CONTACT_LENS: dict[str, Any] = {
    "id": "CustomerMetadata.ContactId",
    "started_at": {"file": r"_analysis_(?:redacted_)?(.+)\.json"},
    "duration_ms": {"path": "ConversationCharacteristics.TotalConversationDurationMillis", "unit": "ms"},
    "channel": {"path": "Channel", "values": {"VOICE": "phone"}},
    "language": "LanguageCode",
    "turns": {
        "each": "Transcript",
        "speaker": {
            "path": "ParticipantId",
            "lookup": {"in": "Participants", "by": "ParticipantId", "take": "ParticipantRole"},
            "values": {"CUSTOMER": "caller", "AGENT": "agent", "SYSTEM": None},
        },
        "text": "Content",
        "start_ms": {"path": "BeginOffsetMillis", "unit": "ms"},
        "end_ms": {"path": "EndOffsetMillis", "unit": "ms"},
    },
    "metadata": {
        "interruptions": "ConversationCharacteristics.Interruptions.TotalCount",
        "customer_sentiment": "ConversationCharacteristics.Sentiment.OverallSentiment.CUSTOMER",
        "categories": "Categories.MatchedCategories",
    },
}
_GENESYS: dict[str, Any] = {
    "id": "conversationId",
    "started_at": {"path": "conversationStartTime", "unit": "epoch_ms"},
    "ended_at": {"path": "participants.0.endTimeMs", "unit": "epoch_ms"},
    "channel": {"path": "mediaType", "values": {"voice": "phone"}},
    "direction": "participants.0.initialDirection",
    "caller": "participants.0.ani",
    "language": "transcripts.0.language",
    "turns": {
        "each": "transcripts[].phrases[]",
        "speaker": {"path": "participantPurpose", "values": {"external": "caller", "internal": "agent"}},
        "text": {"path": ["decoratedText", "text"]},
        "start_ms": {"path": "startTimeMs", "unit": "epoch_ms"},
        "duration_ms": {"path": "duration.milliseconds", "unit": "ms"},
    },
    "metadata": {"sentiment": "transcripts.0.analytics.sentiment"},
}


def known_map(value: Any) -> dict[str, Any] | None:
    """The map of an export that one value of it gives away: Contact Lens or Genesys Cloud; None where it is neither."""
    if not isinstance(value, dict):
        return None
    if inner(value, "CustomerMetadata", "ContactId") and isinstance(value.get("Transcript"), list) and value.get("Participants"):
        return deepcopy(_CONTACT_LENS)
    phrases = any("phrases" in one for one in objects(value.get("transcripts")))
    return deepcopy(_GENESYS) if phrases and "conversationId" in value and "conversationStartTime" in value else None
