# The spectra and labels of the run on LAMOST stars, from their public repository.

# Not from the working directory: the list belongs to the checkout.
FILES54 = str(ROOT / "config" / "lamost54_files.tsv")


rule retrieve_lamost54:
    """Fetch the spectra and the catalogue of labels, those not there yet."""
    input:
        files=FILES54,
    output:
        manifest=MANIFEST54,
    params:
        fetch=config["lamost54"]["fetch"],
    script:
        "../scripts/retrieve_lamost54.py"


rule list_lamost54:
    """Join the spectra with the labels of their stars."""
    input:
        files=FILES54,
        manifest=MANIFEST54,
    output:
        labels=LABELS54,
    params:
        catalogue="fit/catalog_A.csv",
    script:
        "../scripts/list_lamost54.py"
