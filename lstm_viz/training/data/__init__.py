"""Where training data comes from: texts, trees, word vectors, formal languages, augmentation."""
