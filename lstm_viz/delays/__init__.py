"""Networks that learned the delay tasks: their recorded results, and what they still know after a delay."""
