"""A million rows take little memory to write, and no spreadsheet calculates with what it is given."""

import shutil
import subprocess
import time

import polars as pl
import pytest

from bench import exports
from gateway.exports.spool import Writing
from gateway.exports.text import csv
from gateway.exports.workbook import MOST_CHARACTERS, xlsx
from resolvers.graph.exporting import Flat
from resolvers.graph.flat import Column
from resolvers.graph.selected import Kind
from resolvers.plan.errors import QuestionError
from tests.gateway.exports import reading

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
HOSTILE = ["=1+1", "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "\r=1+1", " =1+1", '=HYPERLINK("http://a","b")']


def hostile() -> Flat:
    return Flat(pl.DataFrame({"name": HOSTILE}), (Column("name", ("name",), Kind.TEXT, 0),))


def content(write, flat: Flat) -> bytes:
    with Writing(None, time.monotonic() + 60) as out:
        write(flat, out)
        return b"".join(out.done().parts())


@pytest.mark.slow
@pytest.mark.parametrize("name", list(exports.OURS))
def test_a_million_rows_take_little_beside_their_table(name):
    assert exports.memory(name) <= exports.MOST_MEBIBYTES


def test_hostile_texts_are_whole_and_no_formulas():
    assert [row["name"] for row in reading.csv(content(csv, hostile()))] == HOSTILE
    assert [row["name"] for row in reading.xlsx(content(xlsx, hostile()))] == HOSTILE


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("write", "name"), [(csv, "hostile.csv"), (xlsx, "hostile.xlsx")])
def test_libreoffice_shows_no_formula(write, name, tmp_path):
    file = tmp_path / name
    file.write_bytes(content(write, hostile()))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = [str(OFFICE), home, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert "table:formula" not in file.with_suffix(".fods").read_text(encoding="utf-8")


def test_what_no_cell_holds_is_refused():
    long = Flat(pl.DataFrame({"name": ["x" * (MOST_CHARACTERS + 1)]}), hostile().columns)
    with pytest.raises(QuestionError, match="name: a cell holds 32767 characters, not 32768"):
        content(xlsx, long)
    many = Flat(
        pl.DataFrame({"name": pl.repeat(None, 1_048_576, dtype=pl.String, eager=True)}), hostile().columns
    )
    with pytest.raises(QuestionError, match="a sheet holds 1048575 rows and this table has 1048576"):
        content(xlsx, many)
