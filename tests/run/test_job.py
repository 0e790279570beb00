from types import SimpleNamespace

import pytest

from mdwarfs.errors import InputError
from mdwarfs.run.job import logger, run
from tests.conftest import Named


@pytest.fixture
def job(tmp_path):
    yield SimpleNamespace(
        rule="clean_boss",
        log=[str(tmp_path / "logs" / "x.log")],
        config={"run": "test"},
        params=Named(stamp={"run": "test", "simulated": True}),
        **{name: Named() for name in ("input", "output", "wildcards")},
    )
    for handler in list(logger.handlers):
        handler.close()
        logger.removeHandler(handler)


def test_messages_reach_terminal_and_log_file(job, tmp_path, capsys):
    run(lambda snakemake: logger.info("12 stars"), job)
    assert "[clean_boss] 12 stars" in capsys.readouterr().err
    assert "12 stars" in open(job.log[0]).read()
    assert (tmp_path / "provenance" / "x.json").is_file()


def test_an_input_error_is_printed_as_it_stands_and_ends_the_process(job, capsys):
    def main(snakemake):
        raise InputError("spAll lacks the column CLASS")

    with pytest.raises(SystemExit) as end:
        run(main, job)
    printed = capsys.readouterr().err
    assert end.value.code == 1
    assert "FAILED: spAll lacks the column CLASS" in printed
    assert "Traceback" not in printed
    assert "Traceback" in open(job.log[0]).read()


def test_any_other_error_is_printed_with_its_kind(job, capsys):
    with pytest.raises(SystemExit):
        run(lambda snakemake: {}["teff"], job)
    assert "FAILED: KeyError: 'teff'" in capsys.readouterr().err
