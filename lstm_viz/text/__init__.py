"""Text as models read it: decoding bytes, and turning characters or words into numbers."""
