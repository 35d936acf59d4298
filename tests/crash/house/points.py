"""One worker is brought to every point of its work at once, each in a conversation of its own.

The model server and the receivers keep their answers, and locks of the test's own sessions keep the worker inside the
database. No clock is involved but PostgreSQL's lock_timeout: the worker waits 3 s for a lock, then tries again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from tests.crash.house.holds import Hold, holds
from tests.crash.house.house import House
from tests.crash.house.shop import Shop
from tests.eventually import eventually
from tests.fleet.processes import Member

Stage = tuple[str, str | None, int]
"""State of the turn, status of the delivery, posts that the receiver has counted."""

POINTS: dict[str, Stage] = {
    "claiming": ("waiting", None, 0),  # in the transaction that claims
    "claimed": ("running", None, 0),  # that is committed; the model was not asked yet
    "asking": ("running", None, 0),  # the model thinks
    "committing": ("running", None, 0),  # in the transaction that commits the answer
    "queued": ("committed", "queued", 0),  # that is committed; nothing is sent yet
    "sending": ("committed", "sending", 0),  # the receiver has not got it
    "received": ("committed", "sending", 1),  # it has, and nobody here knows
}

_STAGE = """
SELECT t.state, (SELECT d.status FROM deliveries d WHERE d.turn_id = t.turn_id) FROM turns t
JOIN conversations c USING (workspace_id, conversation_id) WHERE c.thread_key = $1 AND c.channel_id = $2
"""


# Of a worker that was stopped between preparing a statement and running it: they hold what the statement will need, and
# PostgreSQL ends them by itself after 30 s (`transaction_timeout`). A sender is given up sooner than that.
_HALF_ASKED = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'rejoinder work' AND state = 'active' AND wait_event = 'ClientRead' AND xact_start IS NOT NULL
"""

_NONE_WAITS = """
SELECT NOT EXISTS (
    SELECT FROM pg_stat_activity WHERE application_name = 'rejoinder work' AND wait_event_type = 'Lock')
"""


class Scene:
    """The only worker there is, at all points. Threads are named `point.how`."""

    def __init__(
        self, house: House, worker: Member, strict: Shop, blind: Shop, how: str, locks: list[Hold]
    ) -> None:
        self.rows: dict[str, UUID] = {}
        self._house = house
        self._worker = worker
        self._strict = strict
        self._blind = blind
        self._how = how
        self._commit, self._claim, self._inserts, self._reads = locks

    def thread(self, point: str) -> str:
        """The conversation that stands at a point."""
        return f"{point}-{self._how}"

    async def _says(self, shop: Shop, point: str) -> None:
        self.rows[point] = await shop.says(self.thread(point))

    async def fill(self) -> None:
        """Bring the worker to all points."""
        await self._at_the_servers()
        await self._inside_the_commit()
        await self._around_it()

    async def _at_the_servers(self) -> None:
        """The model server holds three conversations, each receiver two."""
        asked = [self.thread(each) for each in ("asking", "committing", "queued")]
        sending, received = self.thread("sending"), self.thread("received")
        self._house.model.gate.hold(*asked)
        for point in ("asking", "committing", "queued"):
            await self._says(self._strict, point)
        for shop in (self._strict, self._blind):
            shop.receiver.reading.hold(sending)
            shop.receiver.answering.hold(received)
            await shop.says(sending)
            await shop.says(received)
        await self._house.model.gate.reached(*asked)
        for shop in (self._strict, self._blind):
            await shop.receiver.reading.reached(sending)
            await shop.receiver.answering.reached(received)

    async def _inside_the_commit(self) -> None:
        """One waits for its conversation's row; the other has written its reply, and waits to write the delivery."""
        await self._commit.row(self.rows["committing"])
        await self._inserts.table("deliveries", "SHARE")
        self._house.model.gate.release(self.thread("committing"), self.thread("queued"))
        await self._commit.blocks()
        await self._inserts.blocks(that_write="messages")

    async def _around_it(self) -> None:
        """What is committed next can't go on: the window of a turn and the text to send are read from `messages`."""
        self._house.stop(self._worker)  # so that it does not claim before the row is ours
        await self._says(self._strict, "claimed")
        await self._says(self._strict, "claiming")
        await self._claim.row(self.rows["claiming"])
        await self._reads.table_next("messages", "ACCESS EXCLUSIVE")
        self._house.resume(self._worker)
        await self._inserts.release()
        await self._reads.granted()
        await self._claim.blocks()
        await self._reads.blocks(2)
        await eventually(self._stands)

    async def _stands(self) -> bool:
        return await self.stages() == POINTS

    async def stages(self) -> dict[str, Stage]:
        """What stands at each point."""
        return {point: await self.stage(self._strict, point) for point in POINTS}

    async def stage(self, shop: Shop, point: str) -> Stage:
        """What stands at one."""
        thread = self.thread(point)
        (row,) = await self._house.sql(_STAGE, thread, shop.channel_id)
        return row[0], row[1], sum(post.thread == thread for post in shop.receiver.posts)

    async def open_database(self) -> None:
        """Let go of every lock."""
        for lock in (self._commit, self._claim, self._inserts, self._reads):
            await lock.release()

    async def end_half_asked(self) -> None:
        """End the stopped worker's sessions that wait in the middle of a statement for the rest of it."""

        async def none_waits() -> bool:
            ((found,),) = await self._house.sql(_NONE_WAITS)
            return bool(found)

        await eventually(none_waits)
        await self._house.sql(_HALF_ASKED)

    def open_servers(self) -> None:
        """Let the servers answer what they kept, as far as somebody still waits for it."""
        self._house.model.gate.release(self.thread("asking"))
        for shop in (self._strict, self._blind):
            shop.receiver.reading.release(self.thread("sending"))
            shop.receiver.answering.release(self.thread("received"))

    async def nobody_waits(self) -> None:
        """Until the servers have seen that their callers are gone."""
        await self._house.model.gate.left(self.thread("asking"))
        for shop in (self._strict, self._blind):
            await shop.receiver.reading.left(self.thread("sending"))
            await shop.receiver.answering.left(self.thread("received"))


@asynccontextmanager
async def at_all_points(
    house: House, worker: Member, strict: Shop, blind: Shop, how: str
) -> AsyncIterator[Scene]:
    """The house's only working worker, brought to all points; `how` makes the threads' names its own."""
    async with holds(house.postgres.dsn, 4) as locks:
        scene = Scene(house, worker, strict, blind, how, locks)
        await scene.fill()
        yield scene
