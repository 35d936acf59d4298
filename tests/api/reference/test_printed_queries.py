"""The two SQL queries that the Chat backend's description prints, as they stand."""

from __future__ import annotations

from decimal import Decimal

from rejoinder.llm.model import Answer
from tests.api.reference.conftest import Shop

RECENT_CONVERSATIONS = """
-- Recent conversations
SELECT conversation_id, last_message_timestamp, total_messages
FROM conversations
ORDER BY last_message_timestamp DESC
LIMIT 10;
"""

ACTION_STATISTICS = """
-- Action statistics
SELECT action_type, COUNT(*), AVG(retry_count)
FROM message_actions
GROUP BY action_type;
"""


async def test_they_run(shop: Shop) -> None:
    await shop.handle("Hello")
    shop.house.model.script.append(Answer("A colleague will call.", "hand_off", "asked for one"))
    await shop.handle("A person, please")
    async with shop.house.program.db.maintenance() as maintenance:
        conversations = await maintenance.connection.fetch(RECENT_CONVERSATIONS)
        actions = await maintenance.connection.fetch(ACTION_STATISTICS)
    assert 2 <= len(conversations) <= 10
    times = [row["last_message_timestamp"] for row in conversations]
    assert times == sorted(times, reverse=True)
    assert all(row["total_messages"] >= 1 for row in conversations)
    counted = {row["action_type"]: (row["count"], row["avg"]) for row in actions}
    assert counted.keys() == {"send_message", "transfer_to_agent"}
    assert counted["send_message"][0] >= 2
    assert counted["transfer_to_agent"] == (counted["transfer_to_agent"][0], Decimal(0))
