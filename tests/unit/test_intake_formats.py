"""Every format is read as what was written: tables, arrays and images, in all the ways in which they come."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from neuroglow.data import load
from neuroglow.spec.sheet import ColumnSheet, DataSheet
from unit.bad_files import idx, npy, packed, png
from unit.uploading import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def types(sheet: DataSheet) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in sheet.columns]


def column(sheet: DataSheet, name: str) -> ColumnSheet:
    found = sheet.column(name)
    assert found is not None
    return found


def stored(shelf: Shelf, sheet: DataSheet, place: int) -> np.ndarray:
    found: np.ndarray = np.load(shelf.store.folder(sheet.id) / f"c{place}.npy")
    return found


TABLE = "a,b\n1.5,x\n2.5,y\n-3,x\n"


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", "|").encode(),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
        TABLE.encode("utf-32"),
        TABLE.replace(".", ",").replace("a,b", "a;b").replace(",x", ";x").replace(",y", ";y").encode(),
        TABLE.removesuffix("\n").encode(),
        gzip.compress(TABLE.encode()),
        packed(("table.csv", TABLE.encode())),
        b'"a","b"\n"1.5","x"\n"2.5","y"\n"-3","x"\n',
    ],
)
def test_a_table_is_the_same_however_it_is_written(shelf: Shelf, content: bytes) -> None:
    sheet = shelf.put(content)
    assert types(sheet) == [("a", "number"), ("b", "category")]
    assert stored(shelf, sheet, 0).tolist() == [1.5, 2.5, -3.0]
    assert column(sheet, "b").categories == ("x", "y")
    assert (sheet.target, sheet.task, sheet.inputs) == ("b", "classification", ("a",))


def test_quotes_hold_separators_line_ends_and_quotes(shelf: Shelf) -> None:
    sheet = shelf.put('a,b\n1,"x, ""y""\nz"\n2,w\n3,w\n')
    assert sheet.rows == 3
    assert sheet.preview[0] == ("1", 'x, "y" z')


def test_ragged_rows_keep_what_fits_and_say_so(shelf: Shelf) -> None:
    sheet = shelf.put("a,b\n1\n2,3,4,5\n6,7\n")
    assert column(sheet, "b").missing == 1
    assert stored(shelf, sheet, 1)[1:].tolist() == [3.0, 7.0]
    assert any("more or fewer cells" in note for note in sheet.notes)


def test_names_are_distinct_short_and_harmless(shelf: Shelf) -> None:
    names = ["a", "a", "", "__proto__", "x" * 200, "x" * 201, "  b\t c\u202e", "=cmd|x"]
    sheet = shelf.put(";".join(names) + "\n" + ";".join("12345678") + "\n" + ";".join("23456781") + "\n")
    found = [each.name for each in sheet.columns]
    assert found[:4] == ["a", "a (2)", "column 3", "proto"]
    assert len(set(found)) == len(found)
    assert all(0 < len(name) <= 64 and name.isprintable() for name in found)


def test_a_table_without_names_is_numbered(shelf: Shelf) -> None:
    sheet = shelf.put("5.1,3.5,setosa\n4.9,3.0,setosa\n6.3,3.3,virginica\n")
    assert [each.name for each in sheet.columns] == ["column 1", "column 2", "column 3"]
    assert sheet.rows == 3


@pytest.mark.parametrize("word", ["", "NA", "n/a", "NaN", "null", "?", " - ", "None"])
def test_words_for_nothing_are_missing(shelf: Shelf, word: str) -> None:
    sheet = shelf.put(f"a,b\n1,x\n{word},{word}\n3,y\n4,x\n")
    assert (column(sheet, "a").missing, column(sheet, "b").missing) == (1, 1)
    assert column(sheet, "a").mean == pytest.approx(8 / 3)


def test_numbers_out_of_range_and_stray_words_count_as_missing_and_are_told(shelf: Shelf) -> None:
    sheet = shelf.put("a,b\n" + "1e400,1\n" + "oops,2\n" + "".join(f"{row},{row}\n" for row in range(98)))
    assert column(sheet, "a").type == "number"
    assert column(sheet, "a").missing == 2
    assert any("oops" in note for note in sheet.notes)
    assert any("range" in note for note in sheet.notes)


def test_thousands_and_decimal_commas_are_numbers(shelf: Shelf) -> None:
    sheet = shelf.put('a,b\n"1,234,567",2\n"12,000.5",3\n7,4\n')
    assert stored(shelf, sheet, 0).tolist() == [1234567.0, 12000.5, 7.0]
    european = shelf.put("a;b\n1.234,5;2\n-0,25;3\n7;4\n")
    assert stored(shelf, european, 0).tolist() == [1234.5, -0.25, 7.0]


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ"]
)
def test_dates_are_days_since_1970(shelf: Shelf, form: str) -> None:
    moments = [datetime(2023, 11, 14, tzinfo=UTC) + timedelta(days=11 * row) for row in range(20)]
    sheet = shelf.put("when;n\n" + "".join(f"{moment.strftime(form)};{row}\n" for row, moment in enumerate(moments)))
    assert column(sheet, "when").type == "date"
    assert stored(shelf, sheet, 0).tolist() == [moment.timestamp() / 86_400 for moment in moments]
    assert column(sheet, "when").earliest == "2023-11-14"


def test_formulas_of_spreadsheets_are_words(shelf: Shelf) -> None:
    sheet = shelf.put('a,b\n"=HYPERLINK(""http://x"")",1\n+cmd|x,2\n@SUM,3\n')
    assert column(sheet, "a").type == "text"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.floats(-1048576, 1048576, width=32), st.sampled_from(["left", "right, or so", 'a "b"', ""])),
        min_size=2,
        max_size=30,
    )
)
def test_what_polars_writes_is_what_is_stored(shelf: Shelf, rows: list[tuple[float, str]]) -> None:
    frame = pl.DataFrame(rows, schema=["value", "word"], orient="row").with_columns(pl.lit("k").alias("last"))
    sheet = shelf.put(frame.write_csv().encode())
    assert stored(shelf, sheet, 0).tolist() == pytest.approx([np.float32(row[0]) for row in rows], rel=1e-6)
    assert column(sheet, "word").missing == sum(not row[1] for row in rows)


def test_parquet_keeps_its_types(shelf: Shelf) -> None:
    frame = pl.DataFrame({
        "whole": [1, 2, None, 4],
        "real": [0.5, None, float("nan"), 2.5],
        "yes": [True, False, True, None],
        "word": ["a", "b", "a", None],
        "day": [datetime(2024, 1, day, 12, tzinfo=UTC) for day in range(1, 5)],
        "list": [[1], [2], [3], [4]],
    })  # fmt: skip
    file = io.BytesIO()
    frame.write_parquet(file)
    sheet = shelf.put(file.getvalue())
    assert types(sheet) == [
        ("whole", "number"), ("real", "number"), ("yes", "boolean"), ("word", "category"), ("day", "date"),
    ]  # fmt: skip
    assert [each.missing for each in sheet.columns] == [1, 2, 1, 1, 0]
    assert stored(shelf, sheet, 4)[0] == datetime(2024, 1, 1, 12, tzinfo=UTC).timestamp() / 86_400
    assert any("'list'" in note for note in sheet.notes)


WORKBOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="applicat'
    'ion/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://sc'
    'hemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="One" sheetId="1" r:id="s"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
"""The least of a workbook, around one sheet."""


def workbook(rows: list[list[str | float]]) -> bytes:
    cells = "".join(
        "<row>"
        + "".join(
            f'<c t="inlineStr"><is><t>{cell}</t></is></c>' if isinstance(cell, str) else f"<c><v>{cell}</v></c>"
            for cell in row
        )
        + "</row>"
        for row in rows
    )
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{cells}</sheetData></worksheet>"
    )
    members = WORKBOOK | {"xl/worksheets/sheet1.xml": sheet}
    return packed(*[(name, text.encode()) for name, text in members.items()])


def test_a_workbook_is_a_table(shelf: Shelf) -> None:
    sheet = shelf.put(workbook([["size", "kind"], [1.5, "a"], [2.5, "b"], [4.0, "a"]]))
    assert (sheet.format, types(sheet)) == ("excel", [("size", "number"), ("kind", "category")])
    assert stored(shelf, sheet, 0).tolist() == [1.5, 2.5, 4.0]


IMAGES = np.arange(6 * 4 * 5, dtype=np.uint8).reshape(6, 4, 5)
LABELS = np.array([0, 1, 2, 0, 1, 2], np.uint8)


@pytest.mark.parametrize(
    "content",
    [
        packed(("image.npy", npy(IMAGES)), ("label.npy", npy(LABELS))),
        packed(
            ("x_train.npy", npy(IMAGES[:4])), ("y_train.npy", npy(LABELS[:4])),
            ("x_test.npy", npy(IMAGES[4:])), ("y_test.npy", npy(LABELS[4:])),
        ),
        packed(("image.npy", npy(IMAGES / 255.0)), ("label.npy", npy(LABELS.astype(np.int64)))),
        packed(("image.npy", npy(np.asfortranarray(IMAGES)[..., None])), ("label.npy", npy(LABELS))),
        packed(
            ("train-images-idx3-ubyte", idx(0x08, IMAGES.shape, IMAGES.tobytes())),
            ("train-labels-idx1-ubyte", idx(0x08, LABELS.shape, LABELS.tobytes())),
        ),
        packed(
            ("train-images-idx3-ubyte.gz", gzip.compress(idx(0x08, (4, 4, 5), IMAGES[:4].tobytes()))),
            ("train-labels-idx1-ubyte.gz", gzip.compress(idx(0x08, (4,), LABELS[:4].tobytes()))),
            ("t10k-images-idx3-ubyte.gz", gzip.compress(idx(0x08, (2, 4, 5), IMAGES[4:].tobytes()))),
            ("t10k-labels-idx1-ubyte.gz", gzip.compress(idx(0x08, (2,), LABELS[4:].tobytes()))),
        ),
    ],
)  # fmt: skip
def test_images_and_labels_are_the_same_however_they_are_packed(shelf: Shelf, content: bytes) -> None:
    sheet = shelf.put(content)
    assert types(sheet) == [("image", "image"), ("label", "number")]
    assert column(sheet, "image").image_shape == (4, 5, 1)
    assert stored(shelf, sheet, 0)[..., 0].tolist() == IMAGES.tolist()
    assert (sheet.target, sheet.task, sheet.inputs) == ("label", "classification", ("image",))
    split = load(shelf.spec(sheet, train_fraction=0.5)).train
    assert split.raw.shape == (3, 20)
    where = [IMAGES.reshape(6, -1).tolist().index(row.tolist()) for row in split.raw]
    assert split.targets.tolist() == LABELS[where].tolist()


@pytest.mark.parametrize(
    ("code", "kind"), [(0x08, "u1"), (0x09, "i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")]
)
def test_every_type_of_idx_is_read(shelf: Shelf, code: int, kind: str) -> None:
    table = np.array([[1, 2], [3, 4], [5, 6]], kind)
    sheet = shelf.put(gzip.compress(idx(code, (3, 2), table.tobytes())))
    assert np.stack([stored(shelf, sheet, 0), stored(shelf, sheet, 1)], axis=1).tolist() == table.tolist()


def test_tables_words_and_dates_of_an_npz_are_columns(shelf: Shelf) -> None:
    days = np.array(["2024-01-01", "2024-01-02", "NaT"], "datetime64[D]")
    arrays = {"X": np.eye(3), "word": np.array(["a", "b", "a"]), "day": days, "ok": np.array([True, False, True])}
    sheet = shelf.put(packed(*[(f"{name}.npy", npy(array)) for name, array in arrays.items()]))
    assert set(types(sheet)) == {
        ("X 1", "number"), ("X 2", "number"), ("X 3", "number"), ("word", "category"), ("day", "date"),
        ("ok", "number"),
    }  # fmt: skip
    assert column(sheet, "day").missing == 1


def picture(mode: str, size: tuple[int, int] = (8, 8), form: str = "PNG", **options: object) -> bytes:
    image = Image.new(mode, size, 0)
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("mode", "form"),
    [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"),
     ("L", "JPEG"), ("RGB", "JPEG"), ("CMYK", "JPEG"), ("RGB", "WEBP"), ("RGBA", "WEBP")],
)  # fmt: skip
def test_images_of_every_mode_are_read_by_folders(shelf: Shelf, mode: str, form: str) -> None:
    content = picture(mode, form=form)
    sheet = shelf.put(packed((f"set/cat/1.{form.lower()}", content), (f"set/dog/2.{form.lower()}", content),
                             ("set/dog/.DS_Store", b"junk")))  # fmt: skip
    assert types(sheet) == [("image", "image"), ("class", "category")]
    assert set(column(sheet, "class").categories) == {"cat", "dog"}
    assert column(sheet, "image").image_shape in ((8, 8, 1), (8, 8, 3))


def test_large_images_become_small_ones_and_keep_their_shape(shelf: Shelf) -> None:
    tall = packed(("a/1.png", picture("RGB", (100, 200))), ("b/1.png", picture("RGB", (100, 200))))
    assert column(shelf.put(tall), "image").image_shape == (32, 16, 1)
    mixed = packed(("a/1.png", picture("L", (100, 200))), ("b/1.png", picture("L", (50, 50))))
    assert column(shelf.put(mixed), "image").image_shape == (32, 32, 1)


def test_a_turned_photograph_stands_upright_again(shelf: Shelf) -> None:
    pixels = np.zeros((8, 8), np.uint8)
    pixels[0, :] = 255
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif)
    sheet = shelf.put(packed(("a/1.png", file.getvalue()), ("b/1.png", png(pixels))))
    turned, plain = stored(shelf, sheet, 0)[..., 0]
    assert turned[:, -1].tolist() == [255] * 8
    assert plain[0].tolist() == [255] * 8


def test_what_is_transparent_is_white_and_16_bits_become_8(shelf: Shelf) -> None:
    deep = np.array([[0, 65_535], [32_896, 257]], np.uint16)
    sheet = shelf.put(packed(("a/1.png", picture("RGBA", (2, 2))), ("b/1.png", png(deep))))
    clear, scaled = stored(shelf, sheet, 0)[..., 0]
    assert clear.tolist() == [[255, 255], [255, 255]]
    assert scaled.tolist() == [[0, 255], [128, 1]]


def test_images_without_folders_have_no_classes(shelf: Shelf) -> None:
    sheet = shelf.put(packed(("1.png", png()), ("2.png", png())))
    assert (sheet.target, sheet.task, sheet.inputs) == (None, None, ("image",))
    assert shelf.spec(sheet).goal == "reconstruct"


def test_columns_read_in_groups_are_those_read_at_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    table = "a,b,c,d,e\n" + "".join(f'{row},w{row % 3},"x,{row % 2}",{row / 8},\n' for row in range(60)) + "1,2\n"
    whole = shelf.put(table)
    monkeypatch.setattr("neuroglow.intake.text.GROUP_BYTES", len(table) // 3)
    parts = shelf.put(table)
    assert parts.model_dump(exclude={"id"}) == whole.model_dump(exclude={"id"})
    for place in range(5):
        assert stored(shelf, parts, place).tobytes() == stored(shelf, whole, place).tobytes()
