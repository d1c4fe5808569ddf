"""Files or procedure in, images out, with their identities sealed beside them."""

from vireid.data.cache import ReadImages, default_cache, read_images
from vireid.data.faults import MAX_UNREADABLE, Fault
from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.images import decode, load_pixels
from vireid.data.inspection import Inspection, inspect_data
from vireid.data.layout import has_layout, open_data, read_two_folders, scan_data
from vireid.data.llcm import LLCM, read_llcm
from vireid.data.manifest import read_manifest
from vireid.data.regdb import REGDB, read_regdb
from vireid.data.sysu import SYSU_MM01, read_sysu
from vireid.data.verdict import QueryCount

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
    "inspect_data",
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
