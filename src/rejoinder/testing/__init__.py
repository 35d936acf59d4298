"""Fakes for tests and for the bench, public: real servers on loopback, no mocks."""
