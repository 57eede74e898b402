"""Where labelled images come from: photographs, TensorFlow Datasets, folds of hands."""
