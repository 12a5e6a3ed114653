"""Many rows in one go: what a reading or a copies list writes is counted in tens of thousands."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

T = TypeVar("T")
CHUNK = 20_000
# As many values as an IN takes on every database, with room for what else the query asks.
KEYS_AT_ONCE = 500
# So many rows go in one by one: COPY with its table of the transaction's own takes longer.
FEW = 10


def bulk_insert(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> int:
    """Insert rows of plain values and return how many were given.

    `fields` are column attribute names (`copy_id`, not `copy`); each row has a value for each,
    and every column of the model without a database default has to be among them. Five to ten
    times as fast as `bulk_create`, which builds an object a row. Nothing is validated here but
    by the database; must run inside the caller's transaction. With `ignore_conflicts`, rows
    that break a unique constraint are passed over.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("bulk_insert belongs inside a transaction")
    table, columns = _quoted(model, fields)
    names = ", ".join(columns)
    written = 0
    for chunk in _converted_chunks(model, fields, rows):
        if connection.vendor == "postgresql" and len(chunk) > FEW:
            _copy(table, names, chunk, ignore_conflicts=ignore_conflicts)
        else:
            if any(len(row) != len(columns) for row in chunk):
                raise ValueError("a row needs one value for each column")
            marks = ", ".join(["%s"] * len(columns))
            end = "ON CONFLICT DO NOTHING" if ignore_conflicts else ""
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {end}", chunk)
        written += len(chunk)
    return written


def in_chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in pieces that one IN can hold."""
    for start in range(0, len(values), KEYS_AT_ONCE):
        yield values[start : start + KEYS_AT_ONCE]


def bulk_rewrite(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Give rows that exist new values and return how many were given.

    Each row is the primary key, then a value for each of `fields` (column attribute names). Must
    run inside the caller's transaction. Unique values that move from one row to another have to be
    taken from the first before: rows are rewritten one by one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("bulk_rewrite belongs inside a transaction")
    key = model._meta.pk.attname
    table, (key_column, *columns) = _quoted(model, (key, *fields))
    written = 0
    for chunk in _converted_chunks(model, (key, *fields), rows):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                _rewrite_from_stage(cursor, table, key_column, columns, chunk)
            else:
                values = ", ".join(f"{column} = %s" for column in columns)
                cursor.executemany(
                    f"UPDATE {table} SET {values} WHERE {key_column} = %s",
                    [(*row[1:], row[0]) for row in chunk],
                )
        written += len(chunk)
    return written


def _rewrite_from_stage(
    cursor: Any, table: str, key: str, columns: Sequence[str], chunk: Sequence[Sequence[Any]]
) -> None:
    names = ", ".join((key, *columns))
    cursor.execute(
        "CREATE TEMPORARY TABLE bulk_rewrite_stage ON COMMIT DROP AS "
        f"SELECT {names} FROM {table} WITH NO DATA"
    )
    _copy("bulk_rewrite_stage", names, chunk, ignore_conflicts=False)
    values = ", ".join(f"{column} = stage.{column}" for column in columns)
    cursor.execute(
        f"UPDATE {table} SET {values} FROM bulk_rewrite_stage AS stage "
        f"WHERE {table}.{key} = stage.{key}"
    )
    cursor.execute("DROP TABLE bulk_rewrite_stage")


def _quoted(model: type[models.Model], fields: Sequence[str]) -> tuple[str, list[str]]:
    """The names of a model's table and columns as SQL takes them."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), [quote(by_name[name].column or name) for name in fields]


def _converted_chunks(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[list[Sequence[Any]]]:
    """The rows in pieces of CHUNK, their values as the database's driver takes them."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    convert = [_converter(by_name[name]) for name in fields]
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        if any(convert):
            # Column by column: most columns need nothing, and then cost nothing.
            columns: list[Sequence[Any]] = list(zip(*chunk, strict=True))
            for place, change in enumerate(convert):
                if change is not None:
                    columns[place] = [
                        None if value is None else change(value) for value in columns[place]
                    ]
            chunk = list(zip(*columns, strict=True))
        yield chunk


def _copy(
    table: str, names: str, chunk: Sequence[Sequence[Any]], *, ignore_conflicts: bool
) -> None:
    """PostgreSQL's COPY; through a table of the transaction's own where conflicts may come."""
    columns = [list(map(_field, column)) for column in zip(*chunk, strict=True)]
    lines = map(",".join, zip(*columns, strict=True))
    text = io.StringIO("".join(f"{line}\n" for line in lines))
    with connection.cursor() as cursor:
        target = table
        if ignore_conflicts:
            target = "bulk_insert_stage"
            cursor.execute(
                f"CREATE TEMPORARY TABLE {target} ON COMMIT DROP AS "
                f"SELECT {names} FROM {table} WITH NO DATA"
            )
        with connection.wrap_database_errors:
            cursor.cursor.copy_expert(f"COPY {target} ({names}) FROM STDIN WITH (FORMAT csv)", text)
        if ignore_conflicts:
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {target} ON CONFLICT DO NOTHING"
            )
            cursor.execute(f"DROP TABLE {target}")


def _field(value: Any) -> str:
    """One CSV field: unquoted emptiness is NULL to COPY, a quoted one an empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return str(value)
    return '"' + str(value).replace('"', '""') + '"'


def _converter(field: models.Field) -> Any:
    """How a Python value of this column becomes what the driver takes; None: as it is."""
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        adapt = connection.ops.adapt_datetimefield_value
        return lambda value: adapt(value) if isinstance(value, datetime) else value
    if isinstance(field, models.DateField):
        return lambda value: value.isoformat() if isinstance(value, date) else value
    if isinstance(field, models.UUIDField):
        return lambda value: value.hex if isinstance(value, UUID) else value
    return None
