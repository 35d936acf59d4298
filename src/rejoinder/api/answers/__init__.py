"""What answers were and did: drafts to send, steps taken, why a reply is as it is."""
