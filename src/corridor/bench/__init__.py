"""Benchmarks: what Corridor's speed and exactness are measured by, against a limit of the machine and against peers."""
