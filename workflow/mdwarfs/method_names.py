"""Names of the ways to labels, as configurations, texts and figures have them."""

MAP = "map"
"""`prediction.method` of this workflow's own way: labels of maximum posterior."""

SLAM = "SLAM"
HYBRID = "hybrid"
MEAN = "mean of the training labels"
