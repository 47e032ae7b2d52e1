"""The train page: train a network on your own text and watch it; one module per part of the page."""
