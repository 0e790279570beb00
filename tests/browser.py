"""A headless Chromium that opens pages as files, from Debian's packages.

    python -m tests.browser install       Debian packages, as root

Where there is none, tests that want it skip and say so.
"""

import argparse
import contextlib
import json
import shutil
from urllib.parse import unquote, urlsplit

from tests import debian
from tests.debian import Unavailable

PACKAGES = ["chromium", "chromium-driver"]
PROGRAMS = ["chromium", "chromedriver"]
PATIENCE = 60  # for what a page does [s]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-extensions", "--hide-scrollbars",
]  # fmt: skip


def check_installed():
    """Raise Unavailable unless the programs are there."""
    for name in PROGRAMS:
        if shutil.which(name) is None:
            raise Unavailable(
                f"{name} is not there; `make browser`, as root on Debian, installs it"
            )


def install():
    """Install the Debian packages, if they are not there; raises Unavailable."""
    words = "Chromium comes as a Debian package, which root installs"
    return debian.install(PACKAGES, check_installed, words, 600)


@contextlib.contextmanager
def chromium(folder, width=1280, height=900):
    """A driver of a new browser, which closes at the end.

    Parameters
    ----------
    folder : Path
        A new folder for what the browser keeps.
    """
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    check_installed()
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium")
    sized = [f"--user-data-dir={folder}", f"--window-size={width},{height}"]
    for flag in [*FLAGS, *sized]:
        options.add_argument(flag)
    logs = {"browser": "ALL", "performance": "ALL"}
    options.set_capability("goog:loggingPrefs", logs)
    service = ChromeService(executable_path=shutil.which("chromedriver"))
    driver = Chrome(options=options, service=service)
    driver.set_script_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


def requests(driver):
    """Addresses that the pages have asked for since the last call."""
    messages = [
        json.loads(x["message"])["message"] for x in driver.get_log("performance")
    ]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


def file_of(address):
    """The path of a file that was asked for, or the address if it is no file."""
    parts = urlsplit(address)
    return unquote(parts.path) if parts.scheme == "file" else address


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["install"])
    parser.parse_args()
    try:
        install()
    except Unavailable as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
