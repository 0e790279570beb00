"""The command line, with the status that its process would end with."""

from mdwarfs.cli import main


def status(*arguments: object) -> int:
    """Exit status of `mdwarfs`, also where argparse refuses an option."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as ended:
        return ended.code
