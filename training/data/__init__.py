"""Sources of labelled images: photographs, TensorFlow Datasets, folds of hands."""
