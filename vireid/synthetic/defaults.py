"""What each layout's data set holds unless told otherwise, and what is like the public one."""

from dataclasses import replace

from vireid.synthetic.rig import Layout
from vireid.synthetic.settings import SyntheticSettings

DEFAULTS: dict[Layout, SyntheticSettings] = {
    "sysu": SyntheticSettings(),
    "manifest": SyntheticSettings(layout="manifest"),
    "regdb": SyntheticSettings(
        layout="regdb",
        identities=72,
        test_identities=72,
        visible_images=10,
        infrared_images=10,
        reversed_share=0.5,
    ),
    "llcm": SyntheticSettings(layout="llcm", infrared_images=4),
}
"""What each layout's data set holds unless told otherwise."""

LIKE: dict[Layout, SyntheticSettings] = {
    "sysu": replace(DEFAULTS["sysu"], identities=395, test_identities=96, counts="real"),
    "regdb": replace(DEFAULTS["regdb"], identities=206, test_identities=206),
    "llcm": replace(DEFAULTS["llcm"], identities=713, test_identities=351, counts="real"),
}
"""As many people and images as the public data set of the layout has."""
