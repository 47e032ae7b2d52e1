"""The page of a person's own network: its files, what they leave open, its card, and what it does with a text or numbers."""
