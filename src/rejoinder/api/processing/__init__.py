"""One message is answered, or read for what it wants or how it sounds.

Source: the AI engine's description, `process_message` with its processing types and ProcessingResult.
"""
