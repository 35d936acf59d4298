"""Asking a model: the port is pydantic-ai's `Model`, called without its Agent graph.

`model` has the plain types, `messages` the prompt's form, `generate` the call with its time limit
and retries, `choose` picks the provider. Importing this package or `llm.model` must not import
pydantic_ai, which takes over a second: a test holds that.
"""
