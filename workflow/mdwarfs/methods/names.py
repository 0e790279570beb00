"""Names of the ways that texts and figures speak of."""

SLAM = "SLAM"
HYBRID = "hybrid"
MEAN = "mean of the training labels"
