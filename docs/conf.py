"""The documentation site: `make docs`, which ends in docs/_build/index.html.

The pages are the Markdown files of this folder, some of other folders, docstrings and
the notebook of the tutorial as it stands. Nothing is fetched.
"""

import json
import re
import sys
from pathlib import Path

from docutils.nodes import SkipNode, math_block
from docutils.utils.math.latex2mathml import tex2mathml
from myst_parser.parsers.sphinx_ import MystParser

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow"))

from mdwarfs.figures.registry import (  # noqa: E402
    DIAGNOSTIC,
    EXPERIMENT,
    FIGURES,
    GIVEN,
    PAPER,
)

project = "mdwarfs"
author = "the contributors of mdwarfs"
html_title = "mdwarfs"
html_theme = "furo"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["mdwarfs.css"]
html_show_sphinx = False
html_show_copyright = False
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
]
exclude_patterns = ["_build"]
html_math_renderer = "mathml"
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]
numpydoc_show_class_members = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
pygments_style = "friendly"

ELSEWHERE = {
    "../README.md": "index.md",
    "../CONTRIBUTING.md": "contributing.md",
    "../CHANGELOG.md": "changes.md",
    "../config/README.md": "configuration.md",
    "../benchmarks/README.md": "benchmarks.md",
}
"""Files of other folders by what links to them say, and the pages that have them."""
KINDS = {
    PAPER: "Figures of the paper",
    GIVEN: "Figures of given spectra",
    DIAGNOSTIC: "Diagnostics",
    EXPERIMENT: "Experiments",
}
DRAWN = ROOT / "figures" / "simulated"
"""Of the default run, if it has been made here: the gallery shows them."""


class Notebook(MystParser):
    """A notebook as Markdown: its texts, its code, and what the code said."""

    supported = ("notebook",)

    def parse(self, inputstring, document):
        super().parse(as_markdown(json.loads(inputstring)), document)


def as_markdown(notebook):
    """The cells of a notebook, in their order."""
    parts = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"]).strip()
        if cell["cell_type"] == "markdown":
            parts.append(text)
            continue
        parts.append(f"```python\n{text}\n```")
        texts = filter(None, map(said, cell["outputs"]))
        parts += [f"```text\n{text}\n```" for text in texts]
    return "\n\n".join(parts) + "\n"


def said(output):
    """The text of an output; pictures stand in the notebook alone."""
    data = output.get("data", {})
    if "image/png" in data:
        return ""
    return "".join(output.get("text") or data.get("text/plain", [])).strip()


def source_read(app, name, source):
    """Let links lead to pages, and put the gallery where it belongs."""
    text = source[0]
    for path, page in ELSEWHERE.items():
        text = text.replace(f"]({path})", f"]({page})")
    source[0] = text.replace("%% gallery %%", gallery())


def include_read(app, relative_path, parent, content):
    """The same in files of other folders, whose links begin elsewhere."""
    folder = Path(app.srcdir, relative_path).resolve().parent.relative_to(ROOT)

    def link(match):
        path = (ROOT / folder / match[1]).resolve()
        if path.parent == ROOT / "docs":
            return f"]({path.name})"
        back = f"../{path.relative_to(ROOT)}"
        return f"]({ELSEWHERE[back]})" if back in ELSEWHERE else match[0]

    content[0] = re.sub(r"\]\((?!https?:|#)([^)#]+)\)", link, content[0])


def gallery():
    """Every registered figure with its words, and its picture if there is one."""
    parts = []
    for kind, title in KINDS.items():
        parts.append(f"## {title}")
        for figure in (x for x in FIGURES if x.kind == kind):
            parts.append(f"### {figure.caption.rstrip('.')}\n\n(`{figure.name}`)")
            if (DRAWN / f"{figure.name}.png").exists():
                path = f"../figures/simulated/{figure.name}.png"
                parts.append(f"![{figure.caption}]({path})")
            parts.append(figure.words)
    return "\n\n".join(parts)


def math(self, node):
    """An equation as MathML, which browsers draw by themselves."""
    block = isinstance(node, math_block)
    made = tex2mathml(node.astext(), as_block=block)
    self.body.append(f'<div class="math">{made}</div>' if block else made)
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (math, None), (math, None))
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(Notebook)
    app.connect("source-read", source_read)
    app.connect("include-read", include_read)
