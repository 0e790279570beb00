"""Training: the hyperparameters and coefficients of every pixel, solved exactly."""
