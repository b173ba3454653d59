"""Packages of mattes: a folder that any host understands, with ``matte.json`` that says all of it.

>>> from roto.package import read_package
>>> package = read_package("shot.mattes")  # doctest: +SKIP
>>> hero = package.object("hero").representation("sequence")  # doctest: +SKIP
>>> package.path(hero, 1001)  # doctest: +SKIP
PosixPath('/shots/sh010/shot.mattes/exr/hero/hero.1001.exr')

The format is described in docs/package.md.
"""

from roto.package.checking import FileCheck, Verification, check_files, verify
from roto.package.manifest import from_manifest, to_manifest
from roto.package.orders import EXTRAS, PackageOrder
from roto.package.plates import find_plate
from roto.package.reading import read_package
from roto.package.records import (
    MANIFEST,
    FileRecord,
    Frames,
    Package,
    PackagedClip,
    PackagedObject,
    Representation,
)
from roto.package.schema import SCHEMA, VERSION, schema
from roto.package.writing import check_target, write_package

__all__ = [
    "EXTRAS",
    "MANIFEST",
    "SCHEMA",
    "VERSION",
    "FileCheck",
    "FileRecord",
    "Frames",
    "Package",
    "PackageOrder",
    "PackagedClip",
    "PackagedObject",
    "Representation",
    "Verification",
    "check_files",
    "check_target",
    "find_plate",
    "from_manifest",
    "read_package",
    "schema",
    "to_manifest",
    "verify",
    "write_package",
]
