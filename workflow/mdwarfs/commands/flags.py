"""`mdwarfs flags`: explain a number by its bits, or sum up the bits of names."""

import argparse
import re

from mdwarfs.slam.infer.flags import Flag, decode, encode

NUMBER = re.compile("-?[0-9]{1,18}")
"""What is explained; all else is taken for names."""


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
    numbers = [word for word in options.flag if NUMBER.fullmatch(word)]
    names = [x for word in options.flag for x in word.split(",") if word not in numbers]
    for number in numbers or ([] if names else [int(sum(Flag))]):
        bits = decode(int(number))
        if numbers:
            print(f"{number}: {'' if bits else 'no flag is set'}".rstrip())
        for bit, name, text in bits:
            print(f"{bit:6d}  {name:16}  {text}")
    if names:
        print(f"{encode(names)}: {' + '.join(names)}")
    return 0
