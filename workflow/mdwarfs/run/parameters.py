"""Find the configuration keys behind the parameters of a step.

A rule is given values, not names: `snr_bins=config["uncertainty"]["snr_bins"]`. The
keys are found again by comparing the values with the configuration; a name decides
where a value stands at several places. Where names and values do not tell, the rule
says it in a parameter `config_keys`. What no key has (the digest of the code, the name
of a figure) the workflow has set by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WHOLE = "(all)"
"""Stands for a key where a step is given the whole configuration, without its value."""

NAMED = "config_keys"
"""Parameter in which a rule says itself which key each of its values has, by name."""

NO_SETTING = ("code", "stamp", "rules", NAMED)
"""Parameters that are told elsewhere in the record of a step."""

OF_THE_WORKFLOW = (*NO_SETTING, "module", "table", "key", "settings")
"""Parameters that are no part of the configuration, whatever their value."""


def configuration_keys(params: Mapping[str, Any], config: Mapping) -> dict[str, Any]:
    """The keys of the configuration that a step was given, with their values.

    Parameters
    ----------
    params
        Parameters of the step, by name.
    config
        The whole configuration.

    Returns
    -------
    entries
        Dotted key to value, in alphabetical order; a key that is a section stands for
        all below it.
    """
    places = list(_places(config))
    said = params.get(NAMED, {})
    known = {key for key, _ in places}
    found = {key: value_of(key, config) for key in said.values() if key in known}
    for name, value in params.items():
        if name not in OF_THE_WORKFLOW and name not in said:
            found |= _found(name, value, config, places)
    return dict(sorted(found.items()))


def other_settings(params: Mapping[str, Any], config: Mapping) -> dict[str, Any]:
    """The parameters that the workflow has set by itself, by name."""
    places = list(_places(config))
    return {
        name: value
        for name, value in params.items()
        if name not in NO_SETTING
        and (name in OF_THE_WORKFLOW or not _found(name, value, config, places))
        and name not in params.get(NAMED, {})
    }


def value_of(key: str, config: Mapping) -> Any:
    """The value of a dotted key; None where the configuration has none."""
    value = config
    if key == WHOLE:
        return value
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _found(name, value, config, places):
    """The keys that one parameter, or one entry of it, is."""
    if value == config:
        return {WHOLE: None}
    if isinstance(value, Mapping):
        return _of_mapping(name, value, config, places)
    if value is None or value == [] or value == "":
        return {}
    same = [key for key, other in places if _equal(other, value)]
    named = [key for key in same if key.rpartition(".")[2] == name] or [
        key for key in same if name in key.split(".")
    ]
    if not named and isinstance(value, bool | int | str):
        return {}  # true, 1 and "own" stand in many places
    chosen = named or same
    return {chosen[0]: value} if len(chosen) == 1 else {}


def _of_mapping(name, value, config, places):
    """The keys of a parameter that has keys itself: a section, or some of one."""
    same = [key for key, other in places if value and _equal(other, value)]
    if same:
        named = [key for key in same if key.rpartition(".")[2] == name]
        return {(named or same)[0]: value}
    sections = [
        (key, section)
        for key, section in places
        if value and isinstance(section, Mapping) and _is_part(value, section)
    ]
    if sections:
        named = [found for found in sections if found[0].rpartition(".")[2] == name]
        key = (named or sections)[0][0]
        return {f"{key}.{part}": value[part] for part in value}
    found = {}
    for part, entry in value.items():
        found |= _found(str(part), entry, config, places)
    return found


def _places(node, prefix="") -> Iterator[tuple[str, Any]]:
    """Every dotted key with its value, the outer ones first."""
    for key, value in node.items():
        yield f"{prefix}{key}", value
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from _places(value, f"{prefix}{key}.")


def _is_part(value, section):
    return all(key in section and _equal(section[key], value[key]) for key in value)


def _equal(one, other):
    """Whether two values are the same: 1 is neither true nor 1.0 here."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other
