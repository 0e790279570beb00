# labels.source: published. The training and test stars are those of the paper's own
# table, with its labels; the sample that is built here is compared with it all the same.


rule take_paper_labels:
    """Take the labels of the paper's table, for those of its stars that are candidates."""
    input:
        paper_pairs=f"{RESULTS}/catalogues/paper_pairs.fits",
        m_type=f"{RESULTS}/samples/m_type.fits",
    output:
        labels=f"{RESULTS}/samples/labels.fits",
        stars=f"{RESULTS}/samples/paper_stars.fits",
    script:
        "../scripts/take_paper_labels.py"
