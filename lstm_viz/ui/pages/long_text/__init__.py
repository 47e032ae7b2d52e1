"""The long-text page: scan a text once, search it, and open any position with every gate."""
