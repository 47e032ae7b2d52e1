"""The training tasks, one in each file."""
