"""What the reader of the catalogue refuses: one smallest bad table for each rule."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from ssstats.catalogue import read_catalogue
from ssstats.catalogue.reading import read_schemas, read_table, table_names
from ssstats.catalogue.schema import check_keys, check_table, read_schema, typed
from ssstats.errors import CatalogueError

FOLDER = Path(__file__).parents[1] / "data" / "catalogue"


def schema_of(tmp_path, *, field=None, **more):
    """Return the schema of a table `things` with a key and one field under test."""
    described = {"title": "T", "description": "D", "type": "string"}
    stated = {
        "name": "things",
        "title": "Things",
        "description": "Things.",
        "fields": [
            {"name": "thing", **described},
            {"name": "value", **described, **(field or {})},
        ],
        "primaryKey": ["thing"],
        **more,
    }
    path = tmp_path / "things.json"
    path.write_text(json.dumps(stated), encoding="utf-8")
    return read_schema(path)


def things(*values):
    return pd.DataFrame(
        {"thing": [f"t{row}" for row in range(len(values))], "value": values}, dtype="str"
    )


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ({"constraints": {"required": True}}, "", "is blank and must not be"),
        ({"constraints": {"enum": ["a", "b"]}}, "c", "'c' is not allowed; use one of a, b"),
        ({"constraints": {"pattern": "[a-z]+"}}, "A1", r"must match [a-z]+"),
        ({"type": "integer"}, "1.5", "'1.5' is not a whole number"),
        ({"type": "number"}, "1,5", "'1,5' is not a number"),
        ({"type": "integer", "constraints": {"minimum": 1}}, "0", "the least allowed is 1"),
        (
            {"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
            "true",
            "use one of yes, no",
        ),
        ({}, " a", "has blanks around it"),
    ],
)
def test_a_value_that_breaks_its_field_is_named_with_its_line(tmp_path, field, value, complaint):
    schema = schema_of(tmp_path, field=field)
    [offence] = check_table(things(value), schema)
    assert offence.startswith("things.csv, line 2, value:")
    assert complaint in offence


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"constraints": {"enum": ["a"]}}, ""),
        ({"type": "integer", "constraints": {"minimum": 0}}, "0"),
        ({"type": "number"}, "-1.5"),
        ({"constraints": {"pattern": "[a-z]+"}}, "abc"),
    ],
)
def test_a_value_that_keeps_to_its_field_passes(tmp_path, field, value):
    assert check_table(things(value), schema_of(tmp_path, field=field)) == []


def test_every_offender_is_listed_not_the_first_alone(tmp_path):
    schema = schema_of(tmp_path, field={"constraints": {"enum": ["a"]}})
    offences = check_table(things("b", "a", "c", "b"), schema)
    assert [offence.split(":")[0] for offence in offences] == [
        "things.csv, line 2, value",
        "things.csv, line 4, value",
        "things.csv, line 5, value",
    ]


def test_a_value_that_must_be_unique_may_not_return(tmp_path):
    schema = schema_of(tmp_path, field={"constraints": {"unique": True}})
    [offence] = check_table(things("a", "b", "a"), schema)
    assert offence.startswith("things.csv, line 4, value: 'a' stands in line 2 already")


def test_a_primary_key_may_not_return(tmp_path):
    table = pd.DataFrame({"thing": ["t", "t"], "value": ["1", "2"]}, dtype="str")
    [offence] = check_table(table, schema_of(tmp_path))
    assert "things.csv, line 3, thing: 't' stands in line 2 already" in offence


def test_a_foreign_key_must_stand_in_its_table_unless_it_is_blank(tmp_path):
    key = {"fields": ["value"], "reference": {"resource": "kinds", "fields": ["kind"]}}
    schema = schema_of(tmp_path, foreignKeys=[key])
    tables = {"things": things("a", "", "b"), "kinds": pd.DataFrame({"kind": ["a"]})}
    [offence] = check_keys(tables, schema)
    assert "things.csv, line 4, value: 'b' does not stand in kinds.csv (kind)" in offence


def test_integers_with_blanks_become_int64_and_text_stays_text(tmp_path):
    table = typed(things("1", ""), schema_of(tmp_path, field={"type": "integer"}))
    assert str(table["value"].dtype) == "Int64"
    assert table["value"].isna().tolist() == [False, True]
    assert str(table["thing"].dtype) == "str"


def read_text(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "things.csv"
    path.write_bytes(content.encode(encoding))
    return read_table(path, schema_of(tmp_path))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("thing,value,extra\na,b,c\n", "unknown: extra"),
        ("thing\na\n", "missing: value"),
        ("value,thing\na,b\n", "write them as thing, value"),
        ("thing,value\na,b,c\n", "things.csv, line 2: 3 values for 2 columns"),
        ("thing,value\na\n", "things.csv, line 2: 1 values for 2 columns"),
        ("", "things.csv is empty"),
        ('thing,value\n"a,b\n', "things.csv cannot be read"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path, content, complaint):
    with pytest.raises(CatalogueError, match=complaint):
        read_text(tmp_path, content)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="save it as CSV in UTF-8"):
        read_text(tmp_path, "thing,value\nYnys Môn,b\n", encoding="latin-1")


def test_the_mark_that_spreadsheets_put_before_utf_8_is_not_part_of_the_first_column(tmp_path):
    assert read_text(tmp_path, "\ufeffthing,value\na,b\n")["thing"].tolist() == ["a"]


def test_a_missing_schema_and_a_broken_one_are_named(tmp_path):
    with pytest.raises(CatalogueError, match=r"schemas/none\.json is missing"):
        read_schema(tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"schemas/broken\.json is no table schema"):
        read_schema(tmp_path / "broken.json")


def test_every_column_of_the_catalogue_is_explained():
    for schema in read_schemas(FOLDER).values():
        assert schema.title and schema.description
        assert all(field.title and field.description for field in schema.fields)


@pytest.fixture
def copied(tmp_path):
    """A copy of the catalogue that a test may spoil."""
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder)
    return folder


def spoil(folder, table, old, new):
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "old", "new", "complaint"),
    [
        ("measures", ",AD/003,", ",AD/903,", r"measures\.csv, line 3, numerator: .*AD/903"),
        ("measures", ",AD/003,", ",AD/003 +,", r"cannot be read at 'its end'"),
        ("measures", ",AD/003,", ",CH/053c,", r"names CH/053c, which metrics\.csv does not hold"),
        ("measures", ",AD/001,,18+,", ",AD/001,,,", r"measure AD-01 needs either a denominator"),
        ("identities", ",AD/002a,<=,", ",AD/902a,<=,", r"identities\.csv, line 2, left: .*AD/902a"),
        ("timescales", ",AD/003,1,", ",AD/903,1,", r"does not stand in metrics\.csv"),
        ("crosswalk", ",AD/031,AD/030,", ",AD/931,AD/030,", r"crosswalk\.csv, line 2, numerator"),
        ("populations", "2017,W06000001,", "2017,W06000007,", r"does not stand in areas\.csv"),
        ("metrics", ",AD/004c,AD/004,c,", ",AD/004c,AD/004,d,", r"AD/004 .* without a gap"),
        ("metrics", ",AD/002,,stem,", ",AD/002,,standalone,", r"AD/002 .* has letters"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(copied, table, old, new, complaint):
    spoil(copied, table, old, new)
    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(copied)


def test_offences_of_several_tables_come_in_one_message(copied):
    spoil(copied, "areas", ",wales,", ",country,")
    spoil(copied, "editions", ",public,", ",open,")
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(copied)
    assert "areas.csv, line 2, level: 'country' is not allowed" in str(refused.value)
    assert "editions.csv, line 2, visibility: 'open' is not allowed" in str(refused.value)


def test_a_featured_item_is_a_metric_or_a_measure(copied):
    spoil(copied, "featured", ",AD/001,", ",AD/901,")
    with pytest.raises(CatalogueError, match=r"featured\.csv, line \d+, item: 'AD/901' is neither"):
        read_catalogue(copied)


def test_a_missing_table_is_named(copied):
    (copied / "breaks.csv").unlink()
    with pytest.raises(CatalogueError, match=r"breaks\.csv is missing"):
        read_catalogue(copied)


def test_the_tables_of_the_catalogue_are_the_files_that_have_a_schema():
    with_schema = {path.stem for path in (FOLDER / "schemas").glob("*.json")}
    assert set(table_names()) <= with_schema
