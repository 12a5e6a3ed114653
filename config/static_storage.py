"""Static files under names that carry their content's hash, so a browser may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage that also renames what JavaScript modules import from each other.

    Without it a page asks for this version's `scan.js` and gets whichever `queue.js` the
    browser kept. A module's hash then changes with that of everything it imports.
    """

    support_js_module_import_aggregation = True
