"""What a platform's adapter is written against; `channels/line/` is one to look at.

`adapter.py` is all it has to say and do, `account.py` whose credentials it is handed, `event.py` what a webhook is read
as, with `reading.py` to read JSON without trust; `outgoing.py` is what it sends and how that was taken, `wire.py` the
way there; `simulated.py` is what plays the platform in tests. `channels/registry.py` says which platforms there are.
"""
