"""A long text of one's own: read once, looked over as a whole, searched, and opened anywhere with every gate."""
