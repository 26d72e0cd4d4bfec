"""Why an import does not begin, or goes no further."""


class ImportStoppedError(Exception):
    """Something that the import needs is not there, or is in use."""


class UnfitFileError(Exception):
    """A file, its mapping or an option makes no sense as it stands."""
