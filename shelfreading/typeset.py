"""Data and a Typst template to PDF: the only place that knows Typst.

Typst keeps what it laid out for as long as the process lives, over a gigabyte for twenty thousand
rows. So each document is set in a process of its own, and a worker's memory comes back with it.
This module imports little, since that process imports it too.
"""

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import typst


class TypesettingStopped(Exception):
    """The process that set the document was ended from outside: as a rule, memory ran out."""


def typeset(template: Path, folder: Path, fonts: Path, out_path: Path) -> None:
    """Set `template` as a PDF at `out_path`; it reads its data from `folder`, by «/name».

    Nothing outside `folder` and `fonts` is read, and no network is used. The PDF carries no tags.
    Raises TypesettingStopped, or typst.TypstError when the template is wrong.
    """
    arguments = (template.read_bytes(), str(folder), str(fonts), str(out_path))
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        try:
            pool.submit(_compile, *arguments).result()
        except BrokenProcessPool as error:
            raise TypesettingStopped from error


def _compile(template: bytes, folder: str, fonts: str, out_path: str) -> None:
    known = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )
    compiler = typst.Compiler(template, root=folder, font_paths=known)
    compiler.compile(output=out_path, format="pdf", pdf_tags=False)
