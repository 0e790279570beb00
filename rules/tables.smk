# Stage 14: the paper's tables, one rule each, as mdwarfs.paper_tables.registry lists them.

from functools import reduce

from mdwarfs.paper_tables.registry import TABLES

for table in TABLES:

    rule table:
        """Make a table."""
        name:
            table.name
        input:
            **{name: f"{RESULTS}/{path}" for name, path in table.inputs.items()},
        output:
            **{
                form: report(
                    f"{RESULTS}/tables/{table.name}.{form}",
                    caption="../workflow/report/caption.rst",
                    category="Files of the tables",
                    labels={"table": table.title.rstrip("."), "form": form},
                )
                for form in table.forms
            },
        params:
            caption=table.words,
            table=table.name,
            settings={
                name: reduce(lambda section, key: section[key], keys, config)
                for name, keys in table.settings.items()
            },
            config_keys={name: ".".join(keys) for name, keys in table.settings.items()},
            code=code("table"),
        script:
            "../scripts/table.py"

    workflow.get_rule(called(table.name)).docstring = table.title
