"""Training: a trainer that is independent of the task and yields steps, and the tasks that it trains."""
