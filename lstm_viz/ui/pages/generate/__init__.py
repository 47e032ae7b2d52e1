"""The generate page: a prompt, a seed, and the alternatives for each token."""
