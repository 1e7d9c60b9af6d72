"""Tables of Arrow and Parquet files, as Hugging Face `datasets` and its hub write them. Needs pyarrow (the extra `hf`)."""

from __future__ import annotations

import bisect
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config.errors import complain
from engine.config.small_files import FileError, parse_json

if TYPE_CHECKING:
    import pyarrow as pa

_GROUPS = 3  # groups of rows of a Parquet file that are kept in memory, each about 100 images as the hub writes them


def check_reader() -> None:
    """ConfigError, naming data.source, where pyarrow is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise complain(
            "data.source",
            "a folder of images or an .npz or .tar file, for pyarrow, which reads Arrow and Parquet, is not installed",
            "a folder of tables",
            "Install it with: pip install 'parallax-workbench[hf]'.",
        ) from None


class Table:
    """The rows of one file. `problem`: why the last rows cannot be read, "" where all can. FileError for a file that is no
    table."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problem = ""
        self.schema: pa.Schema
        self.rows: int

    def column(self, name: str) -> list[Any]:
        """All values of a column, as plain Python values. `name`: of a part of a struct "struct.part"."""
        raise NotImplementedError

    def value(self, name: str, row: int) -> Any:
        """One value of a column. Raises what reading raises."""
        raise NotImplementedError

    @property
    def features(self) -> Mapping[str, Any]:
        """What `datasets` wrote about the columns: by name, their kind; empty where it wrote nothing."""
        return features_in((self.schema.metadata or {}).get(b"huggingface", b"{}"))


def features_in(text: bytes) -> Mapping[str, Any]:
    """The columns in what `datasets` writes about a set."""
    try:
        about = parse_json(text)
    except FileError:
        return {}
    info = about.get("info", about) if isinstance(about, dict) else {}
    features = info.get("features") if isinstance(info, dict) else None
    return features if isinstance(features, dict) else {}


def open_table(path: str) -> Table:
    """The table in a file, by its ending. FileError, in words, where it cannot be read."""
    import pyarrow as pa

    try:
        return ParquetTable(path) if Path(path).suffix.lower() == ".parquet" else ArrowTable(path)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise FileError(_reason(error)) from None


class ArrowTable(Table):
    """A file of Arrow, as a stream or with an index; memory-mapped."""

    def __init__(self, path: str) -> None:
        import pyarrow as pa

        super().__init__(path)
        source = pa.memory_map(path)
        self._batches: list[pa.RecordBatch] = []
        try:
            reader: Any = pa.ipc.open_stream(source)
        except pa.ArrowInvalid:
            reader = pa.ipc.open_file(source)
            batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
        else:
            batches = iter(reader)
        self.schema = reader.schema
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    break
                # The offsets in a damaged file would lead outside of it.
                batch.validate(full=True)
            except (pa.ArrowException, OSError, ValueError) as error:
                self.problem = _reason(error)
                break
            self._batches.append(batch)
        self._ends = list(accumulate(batch.num_rows for batch in self._batches))
        self.rows = self._ends[-1] if self._ends else 0

    def column(self, name: str) -> list[Any]:
        first, _, part = name.partition(".")
        columns = [batch.column(self.schema.get_field_index(first)) for batch in self._batches]
        return [value for column in columns for value in (column.field(part) if part else column).to_pylist()]

    def value(self, name: str, row: int) -> Any:
        number = bisect.bisect_right(self._ends, row)
        batch = self._batches[number]
        return batch.column(self.schema.get_field_index(name))[row - self._ends[number] + batch.num_rows].as_py()


class ParquetTable(Table):
    """A file of Parquet. A few groups of rows are in memory at a time."""

    def __init__(self, path: str) -> None:
        import pyarrow.parquet as pq

        super().__init__(path)
        self._file = pq.ParquetFile(path)
        self.schema = self._file.schema_arrow
        about = self._file.metadata
        self._ends = list(accumulate(about.row_group(number).num_rows for number in range(about.num_row_groups)))
        self.rows = self._ends[-1] if self._ends else 0
        self._lock = threading.Lock()
        self._groups: OrderedDict[tuple[str, int], Any] = OrderedDict()

    def column(self, name: str) -> list[Any]:
        first, _, part = name.partition(".")
        with self._lock:
            column = self._file.read(columns=[name]).column(first)
        values = column.to_pylist()
        return [value and value.get(part) for value in values] if part else values

    def value(self, name: str, row: int) -> Any:
        number = bisect.bisect_right(self._ends, row)
        # Threads that decode neighbours wait for one of them to read the group.
        with self._lock:
            group = self._groups.get((name, number))
            if group is None:
                group = self._file.read_row_group(number, columns=[name]).column(name)
                self._groups[name, number] = group
                while len(self._groups) > _GROUPS:
                    self._groups.popitem(last=False)
        return group[row - (self._ends[number - 1] if number else 0)].as_py()


class Tables:
    """Several tables with the same columns, one after another."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tables
        self._ends = list(accumulate(table.rows for table in tables))

    @cached_property
    def rows(self) -> int:
        return self._ends[-1] if self._ends else 0

    def column(self, name: str) -> list[Any]:
        """As `Table.column`."""
        return [value for table in self.tables for value in table.column(name)]

    def value(self, name: str, row: int) -> Any:
        """As `Table.value`."""
        number = bisect.bisect_right(self._ends, row)
        return self.tables[number].value(name, row - (self._ends[number - 1] if number else 0))


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:120] or type(error).__name__
