"""The page on long delays: three networks learn to bridge one, and what each holds and answers on a typed example."""
