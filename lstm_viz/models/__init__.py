"""Architectures, loading and saving; the shipped weights are in weights/ with a model card each."""
