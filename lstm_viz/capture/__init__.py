"""Watch a recurrent module at work: hooks borrowed for a `with` block, gates and gradients given back."""
