"""Text as models read it: decode bytes, and convert characters or words to ids."""
