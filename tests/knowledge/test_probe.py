from uuid import UUID
from pathlib import Path
import time
from rejoinder.db import Database
from rejoinder.knowledge import demo, search, evaluate as ev
from rejoinder.knowledge.evaluate import evaluate, parse


async def test_probe(db: Database, workspace_id: UUID) -> None:
    async with db.transaction(workspace_id) as tx:
        await demo.load(tx)
    async with db.read(workspace_id) as read:
        for name, qs in (
            ("60", None),
            ("held", parse(Path("tests/knowledge/held_out.jsonl").read_text())),
        ):
            r = await evaluate(read, qs)
            print()
            print(name)
            print("\n".join(r.lines()))
            for o in r.outcomes:
                if not o.right or o.place != 1 and o.question.document:
                    print(
                        "-" if o.right else "X",
                        o.place,
                        o.question.question,
                        "|",
                        o.question.heading,
                        "|",
                        repr(o.reply[:160]),
                    )
                    for f in await search(read, o.question.question):
                        print("        ", round(f.score, 2), f.heading)
        from rejoinder.llm.local import pick

        for sc in (0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
            for co in (0.4, 0.5, 0.6):
                pick.SCORED, pick.COVERED = sc, co
                r = await evaluate(read)
                h = await evaluate(read, parse(Path("tests/knowledge/held_out.jsonl").read_text()))
                print(
                    sc,
                    co,
                    *(
                        f"{x:.2f}"
                        for r_ in (r, h)
                        for x in (r_.answered(), r_.declined(), r_.false_answers())
                    ),
                )
        t = time.perf_counter()
        for q in ev.fixed():
            await search(read, q.question)
        print((time.perf_counter() - t) / 60 * 1000, "ms a search")
