"""What the customer's words say without a model: language, intent, sentiment, and the things they name.

`local.understand` reads the unanswered messages by rules, without I/O; `merge.merge` puts a model's reading and that
one together.
"""
