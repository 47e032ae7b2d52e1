"""The page on which networks write: a prompt, a seed, and what else could have been written."""
