"""Asking a model: the port is pydantic-ai's `Model`, called without its Agent graph.

`model` has the plain types, `form` how a prompt is written and an answer read, `calling` the calls with their time
limit and their booking, `choose` picks the provider, the other folders are the providers. Importing this package or
`llm.model` must not import pydantic_ai, which takes over a second: a test holds that.
"""
