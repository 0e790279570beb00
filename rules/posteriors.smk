# Beside the catalogue: draws from the posterior of each star whose labels and covariance
# do not say all of it, being at an edge or one of several minima.


rule draw_part:
    """Draw from the posteriors of some of the stars that the catalogue flags."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        draws=temp(f"{RESULTS}/slam/draws/{{scatteritem}}.fits"),
    threads: 16
    params:
        prediction=config["prediction"],
        draws=config["posterior"]["draws"],
        seed=config["seed"],
    script:
        "../scripts/draw_part.py"


rule gather_draws:
    """Gather the draws from the posteriors of all stars that the catalogue flags."""
    input:
        parts=gather.stars(f"{RESULTS}/slam/draws/{{scatteritem}}.fits"),
    output:
        draws=f"{RESULTS}/catalogue/slam_posteriors.fits",
    params:
        made_by=code("draw_part"),
    script:
        "../scripts/gather_draws.py"
