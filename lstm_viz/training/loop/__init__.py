"""What every training shares: the trainer, checkpoints, recorded runs, model cards."""
