"""Training: one trainer that yields steps and knows no task, and the tasks that it trains on."""
