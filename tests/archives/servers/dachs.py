"""What DaCHS is told: its settings, its tables, and names that it does not know."""

from xml.sax.saxutils import quoteattr

SETTINGS = """[general]
rootDir: {folder}/gavo
group: {group}
gavoGroup: {group}
[web]
user:
bindAddress: 127.0.0.1
serverPort: {port}
serverURL: http://127.0.0.1:{port}
maxUploadSize: 200000000
[async]
maxTAPRunning: 4
[db]
profilePath: {folder}/gavo/etc
"""

# DaCHS does not know tables whose names have to be quoted, as all of VizieR's have.
# This names them to it; in the database they are views of the plain tables.
#
# It starts a process for each job, which spends most of its time on imports. Here a
# process that has them (`dachs nurse`) is there to fork one for each job.
COMMAND = """#!/usr/bin/python3
import os
import signal
import socket
import sys

NURSERY = "{folder}/nursery"

if "taprun" in sys.argv:
    with socket.socket(socket.AF_UNIX) as job:
        job.connect(NURSERY)
        job.sendall(sys.argv[-1].encode())
        job.recv(1)  # which comes to nothing when the job's process ends
    sys.exit()

from gavo.protocols import adqlglue, taprunner

NAMES = {names!r}
of_dachs = adqlglue.adqlTableRefToDaCHS


def with_quoted_names(table):
    name = table if isinstance(table, str) else getattr(table.name, "name", "")
    return NAMES.get(name) or of_dachs(table)


adqlglue.adqlTableRefToDaCHS = with_quoted_names

from gavo import rscdesc  # noqa: F401
from gavo.user.cli import main


def nurse():  # forks a process for each job that is asked for
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that none is waited for
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(NURSERY)
        server.listen()
        while True:
            asked, _ = server.accept()
            job = asked.recv(100).decode()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                sys.argv = ["gavo", "--ui", "stingy", "taprun", "--", job]
                return main()
            asked.close()


nurse() if sys.argv[1:] == ["nurse"] else main()
"""


def descriptor(schema, tables):
    """DaCHS's description of the tables of a schema, which it creates empty."""
    lines = [f'<resource schema="{schema}">']
    lines += ['<meta name="description">Simulated.</meta>']
    lines += ['<meta name="creationDate">2025-01-01T00:00:00</meta>']
    for table in tables:
        lines.append(f'<table id="{table.name}" onDisk="True" adql="True">')
        for name, values in table.columns.items():
            plain = name.islower() and name.isidentifier()
            known = quoteattr(name if plain else f"quoted/{name}")
            lines.append(f'<column name={known} type="{sql_type(values)}"/>')
        lines.append("</table>")
    lines.append('<data id="import"><nullGrammar/>')
    lines += [f'<make table="{table.name}"><rowmaker/></make>' for table in tables]
    lines += ["</data>", "</resource>"]
    return "\n".join(lines)


def sql_type(values):
    """PostgreSQL's type for a column."""
    if values.dtype.kind == "i":
        return "bigint"
    if values.dtype.kind == "f":
        return "real" if values.dtype.itemsize == 4 else "double precision"
    return "text"


def loading(table):
    """SQL that fills a table, and gives it the name by which VizieR has it."""
    name = f"{table.schema}.{table.name}"
    columns = ", ".join(f'"{column}"' for column in table.columns)
    rows = table.columns.to_csv(index=False, header=False)
    sql = f"COPY {name} ({columns}) FROM STDIN CSV;\n{rows}\\.\nANALYZE {name};\n"
    if not table.delimited:
        return sql
    catalogue = table.delimited.rpartition("/")[0]
    return (
        sql
        + f"""
CREATE VIEW public."{table.delimited}" AS SELECT * FROM {name};
GRANT SELECT ON public."{table.delimited}" TO gavo, untrusted;
INSERT INTO tap_schema.schemas (schema_name) VALUES ('{catalogue}')
  ON CONFLICT DO NOTHING;
INSERT INTO tap_schema.tables (schema_name, table_name, table_type)
  VALUES ('{catalogue}', '{table.delimited}', 'table');
UPDATE tap_schema.columns SET table_name = '{table.delimited}'
  WHERE table_name = '{name}';
DELETE FROM tap_schema.tables WHERE table_name = '{name}';
"""
    )
