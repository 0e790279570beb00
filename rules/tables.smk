# Stage 14: the paper's four tables.


rule table_1:
    """Table 1: parameter coverage of the training set."""
    input:
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        csv=f"{RESULTS}/tables/table_1.csv",
        tex=f"{RESULTS}/tables/table_1.tex",
    params:
        usable=config["prediction"]["usable"],
    script:
        "../scripts/table_1.py"


rule table_2:
    """Table 2: differences from the literature."""
    input:
        summary=f"{RESULTS}/comparisons/summary.ecsv",
    output:
        csv=f"{RESULTS}/tables/table_2.csv",
        tex=f"{RESULTS}/tables/table_2.tex",
        ecsv=f"{RESULTS}/tables/table_2.ecsv",
    script:
        "../scripts/table_2.py"


rule table_3:
    """Table 3: the FGK+M wide binaries."""
    input:
        labels=f"{RESULTS}/samples/labels.fits",
    output:
        fits=f"{RESULTS}/tables/table_3.fits",
        ecsv=f"{RESULTS}/tables/table_3.ecsv",
    script:
        "../scripts/table_3.py"


rule table_4:
    """Table 4: the SLAM labels of all candidates."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        fits=f"{RESULTS}/tables/table_4.fits",
        ecsv=f"{RESULTS}/tables/table_4.ecsv",
    script:
        "../scripts/table_4.py"
