"""Watch a trained recurrent network read: every gate, the cell state and the gradients, step by step."""
