"""What is under test: the stub, the server, and what they use of the machine."""
