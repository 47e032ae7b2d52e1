"""Train your own: a network learns a person's text while they watch; one part of the page a file."""
