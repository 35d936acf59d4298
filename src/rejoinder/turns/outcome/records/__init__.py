"""Turns as people look at them: one with its attempts and messages, a page of them, and as a job."""
