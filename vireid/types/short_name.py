"""What a class is called in recipes."""

import re


def short_name(kind: type) -> str:
    """Return what a class of terms is called in recipes.

    Args:
        kind: the class.

    Returns:
        Its name in lower case, its words joined by underscores.

    >>> from collections import OrderedDict
    >>> short_name(OrderedDict)
    'ordered_dict'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__).lower()
