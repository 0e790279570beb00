"""The faults of archives, each with what has to become of it.

    python -m tests.archives.fault_rows > docs/archive_faults.md

`ROWS` are run by test_fault_table.py; `OTHERS` have tests of their own.
"""

from tests.archives.servers import faults

RECOVERS = ""
SPALL = "spAll-lite-v6_1_3.fits"
SLAM = "dr19/spectro/astra/0.6.0/summary/astraAllStarSlam"
ZENODO = "records/4435257/files"
LAMOST = "dr11_v2.0_LRS_mstellar"
DATAVERSE = "api/access/datafile"
SQL = "cmd="  # at either address of SkyServer
EVER = 99

# Input, route, where the fault is, the fault, how often, and the words with which the
# run stops, or RECOVERS.
ROWS = {
    "SAS 503 with Retry-After during maintenance": (
        "spall", "download", SPALL, faults.busy, 1, RECOVERS),
    "SAS 503 for good": (
        "spall", "download", SPALL, faults.busy, EVER, "status 503.*maintenance"),
    "SAS error of the server (500)": (
        "spall", "download", SPALL, faults.failed, 2, RECOVERS),
    "SAS 504": ("spall", "download", SPALL, faults.gateway, 2, RECOVERS),
    "SAS reset in the middle": (
        "spall", "download", SPALL, faults.reset, 2, RECOVERS),
    "SAS reset for good": (
        "spall", "download", SPALL, faults.reset, EVER, "(?i)reset"),
    "SAS stalled read": ("spall", "download", SPALL, faults.stall, 1, RECOVERS),
    "SAS file changes between attempts": (
        "spall", "download", SPALL, faults.changed, 1, RECOVERS),
    "SAS truncated gzip": (
        "spall", "download", SPALL, faults.truncated, EVER, "gzip stream|truncated"),
    "SAS empty file": ("spall", "download", SPALL, faults.empty, EVER, "empty"),
    "SAS directory index instead of the file": (
        "spall", "download", SPALL, faults.page, EVER, "page"),
    "SAS page that says it is a file": (
        "spall", "download", SPALL, faults.page_as_file, EVER, "page"),
    "SAS unpacks on the way": (
        "spall", "download", SPALL, faults.unpacked, EVER, RECOVERS),
    "SAS paths of another release": (
        "spall", "download", SPALL, faults.gone, EVER, "status 404"),
    "SAS missing column": (
        "spall", "download", SPALL, faults.without_column("SUBCLASS"), EVER,
        "SUBCLASS"),
    "SAS wrong number of rows": (
        "slam", "download", "astraAllStarSlam", faults.fewer_rows, EVER, "rows"),
    "SAS an answer without end": (
        "spall", "download", SPALL, faults.endless, EVER, "bytes and more are sent"),
    "SAS an invalid size (Content-Length: abc)": (
        "spall", "download", SPALL, faults.length("abc"), EVER,
        "Content-Length is 'abc'"),
    "SAS a negative size": (
        "spall", "download", SPALL, faults.length("-1"), 2, RECOVERS),
    "SAS two sizes": ("spall", "download", SPALL, faults.length("7, 9"), 2, RECOVERS),
    "SAS printed address of the paper": (
        "slam", "download", SLAM, faults.gone, EVER, RECOVERS),
    "SAS wrong number of rows, no md5 known": (
        "behmard", "download", "abundances", faults.fewer_rows, EVER, "rows"),
    "SkyServer busy": (
        "spall", "query", SQL, faults.busy, 1, RECOVERS),
    "SkyServer first address gone": (
        "spall", "query", "SqlSearch", faults.gone, EVER, RECOVERS),
    "SkyServer page at the first address": (
        "spall", "query", "SqlSearch", faults.page, EVER, RECOVERS),
    "SkyServer too many queries in a minute (429)": (
        "spall", "query", SQL, faults.too_many, 2, RECOVERS),
    "SkyServer too many queries in a minute, as a table with 200": (
        "spall", "query", SQL, faults.rejected, 2, RECOVERS),
    "SkyServer time-out of the client, half-way": (
        "spall", "query", SQL, faults.stall, 1, RECOVERS),
    "SkyServer no answer, to the undivided slices": (
        "slam", "query", "% 5 = 1", faults.silence, EVER, RECOVERS),
    "SkyServer time-out as JSON with 500, to the undivided slices": (
        "spall", "query", "% 5 = ", faults.json_timeout, EVER, RECOVERS),
    "SkyServer time-out as text with 200, to the undivided slices": (
        "aspcap", "query", "% 3 = ", faults.text_timeout, EVER, RECOVERS),
    "SkyServer time-out as a page with 200, to the undivided slices": (
        "apogee_net", "query", "% 3 = ", faults.page_timeout, EVER, RECOVERS),
    "SkyServer time-out of a count": (
        "spall", "query", "spAll WHERE class = 'STAR'&", faults.json_timeout, EVER,
        RECOVERS),
    "SkyServer time-out of every query": (
        "spall", "query", SQL, faults.json_timeout, EVER, "Timeout.*not divided"),
    "SkyServer 504 at once": (
        "spall", "query", SQL, faults.gateway, 2, RECOVERS),
    "SkyServer query that cannot be run (500)": (
        "spall", "query", SQL, faults.query_error, EVER, "Invalid object name"),
    "SkyServer error as text with 200": (
        "spall", "query", SQL, faults.text_error, EVER, "Invalid object name"),
    "SkyServer page with 200": (
        "spall", "query", SQL, faults.page, EVER, "maintenance"),
    "SkyServer JSON error with 200": (
        "spall", "query", SQL, faults.json_error, EVER, "no such file"),
    "SkyServer cuts the answers to the undivided slices at 3,000 rows": (
        "spall", "query", "% 5 = 1", faults.capped(3000), EVER, RECOVERS),
    "SkyServer cuts every answer at 1,000 rows": (
        "spall", "query", SQL, faults.capped(1000), EVER, "exactly 1000 rows"),
    "SkyServer connection closed before the end of an answer without a size": (
        "spall", "query", SQL, faults.closed, 2, RECOVERS),
    "SkyServer the same for good": (
        "spall", "query", SQL, faults.closed, EVER, "breaks off"),
    "SkyServer an answer without end": (
        "spall", "query", SQL, faults.endless, EVER, "and more are sent"),
    "SkyServer nothing": (
        "spall", "query", SQL, faults.empty, EVER, "(nothing|column)"),
    "Zenodo 429": ("wide_binaries", "download", ZENODO, faults.too_many, 2, RECOVERS),
    "Zenodo 503": ("wide_binaries", "download", ZENODO, faults.busy, 1, RECOVERS),
    "Zenodo other version of the record": (
        "wide_binaries", "download", ZENODO, faults.fewer_rows, EVER, "rows"),
    "Zenodo damaged file": (
        "wide_binaries", "download", ZENODO, faults.flipped, EVER,
        "gzip stream|md5|trunc"),
    "Zenodo first address gone": (
        "wide_binaries", "download", "api/records", faults.gone, EVER, RECOVERS),
    "LAMOST JSON error with 200": (
        "lamost_mstellar", "download", LAMOST, faults.json_error, EVER, "no such file"),
    "LAMOST stalls without a reset": (
        "lamost_mstellar", "download", LAMOST, faults.stall, 1, RECOVERS),
    "LAMOST fewer bytes": (
        "lamost_mstellar", "download", LAMOST, faults.truncated, EVER,
        "gzip|truncated"),
    "Dataverse 202 and nothing (x-amzn-waf-action: challenge)": (
        "bayestar", "download", DATAVERSE, faults.firewall, EVER,
        r"(?s)firewall.*browser.*by hand.*persistentId=\S+, \d+ bytes, md5 \w{32}"),
    "Dataverse an answer without end": (
        "bayestar", "download", DATAVERSE, faults.endless, EVER,
        "bytes and more are sent"),
    "Dataverse far too large": (
        "bayestar", "download", DATAVERSE, faults.too_long, EVER, "and more are sent"),
    "Dataverse reset, resumed": (
        "bayestar", "download", DATAVERSE, faults.reset, 1, RECOVERS),
    "Dataverse ignores Range": (
        "bayestar", "download", DATAVERSE, faults.no_range, 1, RECOVERS),
    "Dataverse file changes between attempts": (
        "bayestar", "download", DATAVERSE, faults.changed, 1, RECOVERS),
    "Dataverse damaged file": (
        "bayestar", "download", DATAVERSE, faults.flipped, EVER, "md5"),
    "Dataverse truncated file": (
        "bayestar", "download", DATAVERSE, faults.truncated, EVER, "bytes"),
    "GitHub page": ("birky", "download", "Table6", faults.page, EVER, "page"),
    "GitHub another file under the name": (
        "birky", "download", "Table6", faults.fewer_lines, EVER, "bytes came"),
    "GitHub wrong number of rows, unpacked on the way": (
        "birky", "download", "Table6", faults.fewer_lines_unpacked, EVER, "rows"),
    "CMD busy": ("parsec", "query", "cgi-bin/cmd", faults.busy, 1, RECOVERS),
    "CMD no form": ("parsec", "query", "cgi-bin/cmd", faults.page, EVER, "no form"),
    "CMD an answer without end": (
        "parsec", "query", "cgi-bin/cmd_3", faults.endless, EVER, "and more are sent"),
    "CMD fields of the form renamed": (
        "parsec", "query", "cgi-bin/cmd_3", faults.no_table, EVER, "Invalid photo"),
    "CMD table without its end": (
        "parsec", "query", "tmp/output", faults.unfinished, EVER, "isochrone termin"),
    "CMD table expired": (
        "parsec", "query", "tmp/output", faults.gone, EVER, "status 404"),
    "CMD page instead of the table": (
        "parsec", "query", "tmp/output", faults.page, EVER, "page"),
}  # fmt: skip

TABLE = "test_fault_table.py"
QUERIES = "test_skyserver.py"
JOBS = "test_tap.py"
SERVER = "test_tap_server.py"
TLS = "test_certificates.py"
CMD = "test_parsec_form.py"
COMES, STOPS = "comes right", "stops with a message"
AT_ONCE = "stops with a message at once"

# What becomes of it, and the test.
OTHERS = {
    "SAS other suffix (`.fits`, not `.fits.gz`)": (
        COMES, TABLE, "test_the_other_suffix_is_tried"),
    "SAS a spectrum that is not there": (
        "listed with its reason, the others come", TABLE,
        "test_a_missing_spectrum_is_listed_and_the_others_come"),
    "SAS a spectrum that comes damaged, or without end": (
        STOPS, TABLE, "test_a_spectrum_that_may_be_there_is_not_passed_over"),
    "SAS most spectra missing": (
        STOPS, "test_fetch_spectra.py",
        "test_an_archive_without_most_of_the_spectra_is_not_believed"),
    "SAS flipped bit in a table with DATASUM": (
        STOPS, "test_fetch.py", "test_a_flipped_bit_is_found_by_the_sum_of_the_file"),
    "SAS another number of rows, where it is uncertain": (
        "comes with a warning that names both", TABLE,
        "test_an_uncertain_number_of_rows_is_a_warning"),
    "SAS bytes that drip, beyond all patience": (
        STOPS, "test_fetch.py",
        "test_an_archive_that_drips_is_not_waited_for_beyond_the_limit"),
    "SAS sends on to an invalid address, or in circles": (
        AT_ONCE, "test_fetch.py",
        "test_an_address_that_leads_nowhere_is_not_asked_again"),
    "SkyServer interrupted between two queries": (
        "continues with the missing ones", QUERIES,
        "test_what_came_before_an_interruption_is_not_asked_again"),
    "SkyServer interrupted after a slice was divided": (
        "goes on with the parts that lack", QUERIES,
        "test_parts_that_came_before_an_interruption_are_kept"),
    "SkyServer 504 after a long time": (
        COMES, QUERIES, "test_a_proxy_that_gave_up_late_has_waited_for_the_query"),
    "SkyServer an answer that comes byte by byte": (
        "is asked for in parts", QUERIES, "test_an_answer_that_drips_is_too_much"),
    "SkyServer lines of another length than the head, quotes without end": (
        STOPS, QUERIES, "test_what_is_no_whole_table_is_refused"),
    "SkyServer a note of an earlier run that is damaged": (
        "is passed over", "test_slices.py", "test_a_damaged_note_is_none"),
    "SkyServer -9999 where the files have NaN": (
        "is null in the catalogue, and counted in its header and in the audit", QUERIES,
        "test_fill_values_of_reals_are_null_in_the_catalogue_and_counted"),
    "SkyServer at most 60 queries a minute": (
        "asks no faster", QUERIES,
        "test_queries_come_no_faster_than_the_service_wants"),
    "Gaia 503, 500 or reset, at any stage of a job": (
        COMES, SERVER, "test_passing_faults_of_a_job_are_waited_out"),
    "Gaia 503 for good": (STOPS, SERVER, "test_patience_has_an_end"),
    "Gaia maintenance, a page in place of all": (
        "is waited for; stops with its words", SERVER,
        "test_a_time_of_maintenance_is_waited_for_and_named"),
    "Gaia maintenance, with the time of its end": (
        "is waited for until then", JOBS, "test_a_service_that_says_when_it_is_back"),
    "Gaia several rows of 2MASS for a star": (
        "the one of best astrometry is taken", SERVER,
        "test_of_suspected_duplicates_in_2mass_the_best_is_taken"),
    "Gaia a result without end": (
        STOPS, SERVER, "test_a_result_without_end_does_not_fill_the_disk"),
    "Gaia run cut off while a job works": (
        "goes on with the same job", SERVER,
        "test_an_interrupted_job_is_picked_up_by_its_address"),
    "Gaia job killed or timed out (ABORTED, ERROR)": (
        STOPS, JOBS, "test_a_failed_job_stops_with_the_archives_words"),
    "Gaia job that has expired": (
        "is asked anew", JOBS, "test_a_job_that_is_lost_is_asked_anew"),
    "Gaia a note of a job that is damaged": (
        "is asked anew", JOBS, "test_a_damaged_note_of_a_job_is_none"),
    "Gaia overflow": (STOPS, SERVER, "test_an_answer_that_overflows_is_refused"),
    "Gaia 2,000 rows, VizieR 50 rows, where they cut silently": (
        "the archive counts; comes right or stops", JOBS,
        "test_as_many_rows_as_a_service_cuts_at_are_counted_by_the_archive"),
    "SAS products of APOGEE not copied into DR20": (
        COMES, "test_dr20_files.py",
        "test_apogee_products_come_from_dr19_where_dr20_has_no_copy"),
    "SAS Gaia identifiers of two releases, unmarked (DR20)": (
        "none is believed; Astra's are taken", "test_dr20_files.py",
        "test_the_boss_list_has_the_same_gaia_sources_by_either_route"),
    "Gaia answer for other identifiers": (
        STOPS, "test_gaia_query.py",
        "test_sources_that_the_archive_does_not_know_stop_the_run"),
    "VizieR table not there, or renamed": (
        STOPS, SERVER, "test_a_table_that_vizier_lacks_is_named"),
    "VizieR column not there, or renamed": (
        STOPS, "test_queries.py",
        "test_a_column_that_cannot_be_told_is_named_with_what_there_is"),
    "VizieR MOD of a 64-bit integer refused, or wrong": (
        "asks for ranges of identifiers; comes right", "test_queries.py",
        "test_where_mod_is_not_to_be_had_ranges_give_the_same_bytes"),
    "VizieR slices that lack rows": (
        STOPS, "test_queries.py", "test_slices_that_lack_rows_stop_the_run"),
    "VizieR identifiers of V/162 as texts": (
        "texts are uploaded; comes right", "test_queries.py",
        "test_identifiers_go_up_as_the_table_has_them"),
    "VizieR words in a column of integers": (
        STOPS, "test_queries.py", "test_integers_may_come_as_texts"),
    "VizieR certificate not accepted": (
        AT_ONCE, TLS, "test_a_bad_certificate_is_final_for_jobs"),
    "VizieR a proxy whose address is none": (
        AT_ONCE, "test_proxies.py",
        "test_an_address_of_a_proxy_that_is_none_is_named"),
    "VizieR a proxy that the environment names": (
        "goes through it", "test_proxies.py", "test_jobs_go_through_the_proxy"),
    "LAMOST host gone": (STOPS, TABLE, "test_a_host_that_is_gone"),
    "Dataverse lets browsers alone through": (
        "asks as one, and says what it is", TABLE,
        "test_who_asks_says_what_it_is_in_a_browsers_words"),
    "Dataverse what came before an interruption is damaged since": (
        "is fetched anew", "test_fetch.py",
        "test_what_was_left_and_is_damaged_is_fetched_anew"),
    "Dataverse a page of its firewall with 200": (
        STOPS, "test_fetch.py",
        "test_lasting_faults_name_archive_file_and_remedy"),
    "GitHub a text that unpacks to far too much": (
        STOPS, "test_fetch.py",
        "test_a_text_that_unpacks_to_far_too_much_is_refused"),
    "GitHub one of LAMOST's 54 spectra is another file": (
        "is named, the others are kept", "test_listed.py",
        "test_one_bad_file_is_named_and_the_others_are_kept"),
    "GitHub not reachable for LAMOST's 54 spectra": (
        STOPS, "test_listed.py", "test_without_a_network_the_run_says_what_to_do"),
    "argonaut web service of the dust map, dead": (
        "is not asked", TABLE, "test_the_dead_server_of_the_dust_map_is_not_asked"),
    "CMD sends its certificate without the intermediate one": (
        COMES, TLS, "test_a_chain_with_a_gap_is_completed"),
    "CMD certificate expired, of another host, self-signed, of an unknown root": (
        AT_ONCE, TLS, "test_a_bad_certificate_is_final"),
    "CMD an issuer's address that gives another certificate, or a root": (
        AT_ONCE, TLS, "test_no_anchor_comes_from_an_address"),
    "CMD form that goes to an invalid address": (
        STOPS, CMD, "test_a_form_that_goes_nowhere_stops_with_words"),
    "CMD leaves out the upper end of a range": (
        COMES, CMD, "test_the_upper_end_of_a_range_is_left_out_by_the_server"),
    "CMD form of another version": (
        "comes with a warning", CMD, "test_a_form_of_another_version_is_named"),
    "CMD makes no table with some bolometric corrections": (
        "comes with others, and a warning", CMD,
        "test_other_bolometric_corrections_are_tried"),
    "NADC page instead of the file": (
        COMES, TABLE, "test_nadc_landing_page_instead_of_the_file"),
    "NADC number changed, page gone, wrong rows, stall": (
        "the run goes on, and says what it could not compare", TABLE,
        "test_nadc_faults_that_stay"),
}  # fmt: skip

HEAD = """\
# What archives do wrong, and what becomes of it

Faults that archives have shown, or may show: each is played to the workflow by a server
on loopback (`tests/archives`). "Comes right": the file has the very bytes that it has
without the fault. "Stops": the run ends with a message that names the archive, the file
and the remedy, and leaves no half file but one that the next run continues.

| archive | fault | what becomes of it | test |
|---|---|---|---|
"""


def page():
    """docs/archive_faults.md."""
    lines = []
    for row, (*_, times, words) in ROWS.items():
        outcome = STOPS if words else COMES
        lasting = "" if words or times == EVER else f", {times}x"
        lines.append((row + lasting, outcome, TABLE))
    lines += [(row, words, file) for row, (words, file, _) in OTHERS.items()]
    archives = list(dict.fromkeys(row.partition(" ")[0] for row, *_ in lines))
    lines.sort(key=lambda line: archives.index(line[0].partition(" ")[0]))
    rows = (
        f"| {row.replace(' ', ' | ', 1)} | {outcome} | `{file}` |\n"
        for row, outcome, file in lines
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    print(page(), end="")
