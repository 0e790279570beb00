"""What `Slam.fit` and config/mine.yaml try where nobody says otherwise.

Whoever has tens or hundreds of stars cannot tell a finer grid apart. The paper's 75
points and ten folds, for a thousand stars, stand in config/config.yaml.
"""

GRID = {"C": [1.0, 10.0], "epsilon": [0.1], "gamma": [0.03, 0.1, 0.3]}
FOLDS = 5
