import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.archives import gaia
from mdwarfs.errors import InputError


class Service:
    """Answers as astroquery's Gaia does, and remembers what it was asked."""

    def __init__(self, known=lambda ids: ids):
        self.known, self.uploads = known, []

    def launch_job_async(self, query, upload_resource, upload_table_name):
        assert upload_table_name == "ids" and "tap_upload.ids" in query
        self.uploads.append(np.array(upload_resource["dr2_source_id"]))
        return self

    def get_results(self):
        ids = self.known(self.uploads[-1])
        return Table({"dr2_source_id": ids, "source_id": ids + 1})


def test_identifiers_go_up_once_each_in_chunks_and_without_nulls(tmp_path):
    service = Service()
    gaia.fetch([5, 3, 2**62 + 1, 5, 0, -1], tmp_path / "g.vot", service, chunk=2)
    assert [ids.tolist() for ids in service.uploads] == [[3, 5], [2**62 + 1]]
    answer = Table.read(tmp_path / "g.vot", format="votable")
    assert answer["source_id"].tolist() == [4, 6, 2**62 + 2]


def test_an_interrupted_run_asks_only_for_what_is_lacking(tmp_path):
    class Failing(Service):
        def get_results(self):
            if len(self.uploads) == 2:
                raise ConnectionError("reset")
            return super().get_results()

    with pytest.raises(ConnectionError):
        gaia.fetch([1, 2, 3, 4], tmp_path / "g.vot", Failing(), chunk=2)
    assert not (tmp_path / "g.vot").exists()
    service = Service()
    gaia.fetch([1, 2, 3, 4], tmp_path / "g.vot", service, chunk=2)
    assert [ids.tolist() for ids in service.uploads] == [[3, 4]]


def test_an_answer_that_is_cut_short_is_refused(tmp_path):
    service = Service(known=lambda ids: ids[:1])
    with pytest.raises(InputError, match="cut short"):
        gaia.fetch(range(1, 11), tmp_path / "g.vot", service, chunk=10)
