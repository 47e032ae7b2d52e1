"""The page on which networks write: a prompt, the dice, and what else could have been written."""
