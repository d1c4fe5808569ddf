"""How Sphinx makes the site; `python docs/site/build.py OUT` calls it."""

import sys
from pathlib import Path

import vireid

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

project = "vireid"
author = "the authors of vireid"
version = release = vireid.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "dashes", "mathml"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
root_doc = "index"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_dmath_allow_digits = False
smartquotes = False  # they would turn --out into another sign
highlight_language = "text"  # of indented blocks, which are commands and what they print

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = "vireid"
html_static_path = [str(HERE / "static")]
html_css_files = ["style.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "vireid"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navbar_persistent": [],
    "navbar_start": ["navbar-logo"],
    "navbar_center": ["navbar-nav"],
    "navbar_end": ["search-button-field", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_center": [],
    "footer_end": [],
    "show_prev_next": True,
    "show_toc_level": 1,
    "navigation_with_keys": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "performance": []}
copyright = "the authors of vireid, Apache-2.0"  # noqa: A001 (Sphinx calls it so)
