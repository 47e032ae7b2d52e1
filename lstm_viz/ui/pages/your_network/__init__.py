"""The page of the user's own network: its files, open questions, its card, and what it does with a text or numbers."""
