"""Files or procedure in, images out, with their identities sealed beside them."""

from vireid.data.check.faults import MAX_UNREADABLE, Fault
from vireid.data.check.inspection import Inspection
from vireid.data.check.verdict import QueryCount
from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layouts.llcm import LLCM, read_llcm
from vireid.data.layouts.manifest import read_manifest
from vireid.data.layouts.open import has_layout, open_data, scan_data
from vireid.data.layouts.regdb import REGDB, read_regdb
from vireid.data.layouts.sysu import SYSU_MM01, read_sysu
from vireid.data.layouts.two_folders import read_two_folders
from vireid.data.pixels.cache import ReadImages, default_cache, read_images
from vireid.data.pixels.images import decode, load_pixels

__all__ = [
    "LLCM",
    "MAX_UNREADABLE",
    "REGDB",
    "SYSU_MM01",
    "DataFolder",
    "DatasetCard",
    "Fault",
    "Inspection",
    "QueryCount",
    "ReadImages",
    "decode",
    "default_cache",
    "has_layout",
    "load_pixels",
    "open_data",
    "read_images",
    "read_llcm",
    "read_manifest",
    "read_regdb",
    "read_sysu",
    "read_two_folders",
    "scan_data",
]
