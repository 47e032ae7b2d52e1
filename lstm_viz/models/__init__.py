"""Architectures, loading and saving; the shipped weights lie in weights/ with a card beside each."""
