"""The procedural data set: people of round cones seen by four visible and two infrared cameras."""

from vireid.data.synthetic.contact_sheet import write_contact_sheet
from vireid.data.synthetic.picture import render_identity
from vireid.data.synthetic.settings import SyntheticSettings
from vireid.data.synthetic.writer import synthesise

__all__ = ["SyntheticSettings", "render_identity", "synthesise", "write_contact_sheet"]
