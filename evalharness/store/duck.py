"""The engine under the call log: Ibis on an in-memory DuckDB that can read the call log's folder and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from evalharness.models.noun import digest_of


class Duck:
    """Tables over Parquet files as Ibis expressions, and their rows. Loads Ibis when first asked. `folder` is absolute."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._views: dict[str, Any] = {}

    @cached_property
    def _raw(self) -> Any:
        import duckdb

        off = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "temp_directory": ""}
        raw = duckdb.connect(":memory:", config=off)
        raw.execute("SET TimeZone = 'UTC'")
        folder = str(self.folder).replace("'", "''")
        raw.execute(f"SET allowed_directories = ['{folder}']")
        raw.execute("SET enable_external_access = false")
        return raw

    @cached_property
    def _ibis(self) -> Any:
        import ibis

        return ibis.duckdb.from_connection(self._raw)

    def table(self, paths: Sequence[Path]) -> Any:
        """The files (at least one) as one table expression. Instants are naive, in UTC: the driver needs pytz for others.
        A column that a file was written without is NULL there."""
        files = [str(path) for path in paths]
        name = "t" + digest_of("\0".join(files))[:24]
        if name not in self._views:
            found = self._ibis.read_parquet(files, table_name=name, hive_partitioning=False, union_by_name=True)
            instants = [column for column, kind in found.schema().items() if kind.is_timestamp()]
            self._views[name] = found.mutate(**{column: found[column].cast("timestamp") for column in instants})
        return self._views[name]

    def identities(self, wanted: Sequence[tuple[str, str]]) -> Any:
        """(source, id) pairs as a table expression with the columns `source` and `id`; good until the next call."""
        columns = [[source for source, _ in wanted], [call_id for _, call_id in wanted]]
        query = "CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS source, unnest(?::VARCHAR[]) AS id"
        self._raw.execute(query, columns)
        return self._ibis.table("wanted")

    def later(self, rows: Sequence[Sequence[Any]]) -> Any:
        """Later facts (rows of later.COLUMNS) as a table expression; good until the next call."""
        from evalharness.store.later import COLUMNS

        kinds = ["DOUBLE" if name in ("csat", "cost_usd") else "VARCHAR" for name in COLUMNS]
        cells = ", ".join(f"unnest(?::{kind}[]) AS {name}" for name, kind in zip(COLUMNS, kinds, strict=True))
        columns = [[row[at] for row in rows] for at in range(len(COLUMNS))]
        self._raw.execute(f"CREATE OR REPLACE TEMP TABLE later AS SELECT {cells}", columns)
        return self._ibis.table("later")

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        """The rows of a table expression as mappings."""
        found = self._raw.execute(_sql(expression))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def arrow(self, expression: Any) -> Any:
        """The rows of a table expression as a pyarrow Table."""
        return self._raw.sql(_sql(expression)).to_arrow_table()

    def close(self) -> None:
        """Let go of the engine."""
        if "_raw" in self.__dict__:
            self._raw.close()


def _sql(expression: Any) -> str:
    import ibis

    return str(ibis.to_sql(expression, dialect="duckdb"))
