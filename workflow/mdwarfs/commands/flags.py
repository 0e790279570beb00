"""`mdwarfs flags`: explain a number by its bits, or sum up the bits of names."""

import argparse

from mdwarfs.slam.infer.flags import Flag, decode, encode


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    command = commands.add_parser(
        "flags",
        help="what the bits of flags mean",
        description="Explain the bits of `flags` in the catalogues of SLAM and of "
        "hybrid labels. Numbers are explained; names are summed up; without either, "
        "all bits are listed. In Python: mdwarfs.slam.infer.flags.",
    )
    command.add_argument(
        "flag", nargs="*", metavar="NUMBER|NAME", help="such as 12, or low_snr at_edge"
    )
    command.set_defaults(function=flags)


def flags(options: argparse.Namespace) -> int:
    """Print what is asked; returns the exit status."""
    numbers = [word for word in options.flag if word.lstrip("-").isdigit()]
    names = [x for word in options.flag for x in word.split(",") if word not in numbers]
    for number in numbers or ([] if names else [int(sum(Flag))]):
        if numbers:
            print(f"{number}: {'no flag is set' if not int(number) else ''}".rstrip())
        for bit, name, text in decode(int(number)):
            print(f"{bit:6d}  {name:16}  {text}")
    if names:
        print(f"{encode(names)}: {' + '.join(names)}")
    return 0
