"""The worker's side of the queue: jobs are taken, at their lane's pace, and run within its places."""
