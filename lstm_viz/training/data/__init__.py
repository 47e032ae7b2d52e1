"""Training data: texts, trees, word vectors, formal languages, augmentation."""
