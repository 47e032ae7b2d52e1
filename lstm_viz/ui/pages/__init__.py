"""One folder per page; pages do not import each other."""
