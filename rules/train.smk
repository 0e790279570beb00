# Stage 9: SLAM, one regression per pixel. The pixels are shared out among as many jobs as
# the configuration (or --set-scatter slam=N) says; the model is the same.

from mdwarfs.errors import InputError
from mdwarfs.run.seals import training_digest
from mdwarfs.slam import regressors

try:
    TRAINED_WITH = regressors.named(config["slam"]["regressor"]).settings
except InputError as error:
    raise WorkflowError(error)

TRAINING = only("slam", "regressor", "labels", *TRAINED_WITH)


scattergather:
    slam=config["slam"]["parts"],


rule train_part:
    """Train the regressor at some of the pixels, on the training stars."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        model=temp(f"{RESULTS}/slam/parts/{{scatteritem}}.fits"),
    threads: 16
    params:
        slam=TRAINING,
        spectra=config["spectra"],
        seed=config["seed"],
    script:
        "../scripts/train_part.py"


rule train_slam:
    """Gather the pixels that were trained on into the model."""
    input:
        parts=gather.slam(f"{RESULTS}/slam/parts/{{scatteritem}}.fits"),
    output:
        model=f"{RESULTS}/slam/model.fits",
    params:
        configuration=training_digest(config, TRAINED_WITH),
    script:
        "../scripts/train_slam.py"
