"""Default settings of `Slam.fit` and config/mine.yaml.

Tens or hundreds of stars do not support a finer grid. The paper's 75 points and ten
folds, for a thousand stars, are in config/config.yaml.
"""

REGRESSOR = "svr"
GRID = {"C": [1.0, 10.0], "epsilon": [0.1], "gamma": [0.03, 0.1, 0.3]}
FOLDS = 5
