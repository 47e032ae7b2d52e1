"""Shared parts of all training: the trainer, checkpoints, recorded runs, model cards."""
