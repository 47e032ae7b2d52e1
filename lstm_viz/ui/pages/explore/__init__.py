"""The explore page: a typed text, read live by a trained network."""
