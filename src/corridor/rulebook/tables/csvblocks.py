"""A text table in bounded memory: its encoding, separator and header, and its rows in blocks cut at record ends.

polars splits the cells. What it does not do is done here: it neither counts the fields of a row nor decodes GB18030,
and it reads a stray quote differently from a spreadsheet. Every record keeps its number, a ragged one too.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from corridor.rulebook.errors import Place, TableError
from corridor.rulebook.tables.mapping import listed

BLOCK: Final = 8 * 2**20
"""Bytes read at once."""

LONGEST: Final = 16 * 2**20
"""Bytes that one record may have; a longer one is taken for a quote that is never closed."""

_SEPARATORS: Final = ",;\t"
_NEWLINE, _QUOTE, _RETURN = 10, 34, 13
_COMMON_CHINESE: Final = 0.3  # least share of GB2312 characters for a text to be taken for GB18030

_STRANGERS: Final = {
    b"PK\x03\x04": ("an Excel workbook (.xlsx) or a zip archive", "Save the sheet as CSV UTF-8, or unpack it first."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook (.xls)", "Save the sheet as CSV UTF-8."),
    b"\x1f\x8b": ("packed with gzip", "Unpack it first."),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "Unpack it first."),
    b"BZh": ("packed with bzip2", "Unpack it first."),
    b"ARROW1": ("an Arrow file", "Save it as Parquet."),
    b"%PDF": ("a PDF", "Save the table as CSV."),
    b"SQLite format 3": ("an SQLite database", "Export the table as CSV."),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows in their order.

    Attributes:
        frame: the columns asked for.
        ragged: position in ``frame`` -> what is wrong with the row as a whole; its cells are empty.
        done: share of the file that has been read, 0 to 1.
    """

    frame: pl.DataFrame
    ragged: dict[int, str]
    done: float


class TextTable:
    """A CSV file (comma, semicolon or tab) in UTF-8, UTF-16 with a byte-order mark, or GB18030.

    Opening it reads the file once to be sure of its encoding: whether a text is UTF-8 can only be told from all of it.

    Attributes:
        columns: names in the header; the third one, if it has no name, is called NUL and 3 and is never asked for.
        notes: what was found that a person should know, such as "read as GB18030".
    """

    def __init__(self, path: Path) -> None:
        """Look at the file.

        Raises:
            TableError: it is not text, is empty, or its header cannot be used.
        """
        self.path = path
        self.at = Place(str(path))
        self.notes: list[str] = []
        self._size = max(path.stat().st_size, 1)
        with path.open("rb") as file:
            self._encoding, self._skip = self._detect(file)
        self._replace_returns = False
        self._header_bytes = 0
        self.separator = ","
        self.columns = self._header()

    # --- encoding -----------------------------------------------------------------------------------------------------

    def _detect(self, file: BinaryIO) -> tuple[str, int]:
        head = file.read(max(BLOCK, 4096))
        if not head:
            raise TableError("the file is empty.", at=self.at, remedy="A table has a header and a row per firm.")
        for magic, (what, remedy) in _STRANGERS.items():
            if head.startswith(magic):
                raise TableError(f"this is not a CSV file: it is {what}.", at=self.at, remedy=remedy)
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            raise TableError("this is UTF-32, which is not read.", at=self.at, remedy="Save it as CSV UTF-8.")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._prove(file, "utf-16", 0)
            self.notes.append("read as UTF-16")
            return "utf-16", 0
        if b"\0" in head:
            remedy = "Save it as CSV UTF-8."
            raise TableError("this is not text: it holds NUL bytes.", at=self.at, remedy=remedy)
        if head.startswith(codecs.BOM_UTF8):
            self._prove(file, "utf-8", len(codecs.BOM_UTF8))
            return "utf-8", len(codecs.BOM_UTF8)
        try:
            self._prove(file, "utf-8", 0)
        except TableError as not_utf8:
            if not self._is_gb18030(file):
                raise TableError(
                    not_utf8.message.replace("is not UTF-8", "is neither UTF-8 nor GB18030"),
                    at=not_utf8.at,
                    remedy="Save the table as CSV UTF-8.",
                ) from None
            self.notes.append("read as GB18030")
            return "gb18030", 0
        return "utf-8", 0

    def _prove(self, file: BinaryIO, encoding: str, skip: int) -> None:
        """Decode everything, or say on which line that fails."""
        file.seek(skip)
        decoder = codecs.getincrementaldecoder(encoding)()
        line = 1
        while True:
            block = file.read(BLOCK)
            if encoding == "utf-8" and block and block.isascii() and not decoder.getstate()[0]:
                line += block.count(b"\n")
                continue
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                byte = error.object[error.start : error.start + 1].hex().upper()
                line += error.object[: error.start].count(b"\n")
                where = Place(str(self.path), line)
                name = encoding.upper()
                message = f"the byte {byte} is not {name}." if byte else f"the text is not {name}."
                raise TableError(message, at=where, remedy="Save the table as CSV UTF-8.") from None
            if not block:
                return

    def _is_gb18030(self, file: BinaryIO) -> bool:
        """Whether all of it decodes, and looks Chinese: almost any Western text decodes too, into rare characters."""
        file.seek(0)
        decoder = codecs.getincrementaldecoder("gb18030")()
        common = total = 0
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                return False
            if total < 100_000:
                foreign = re.sub("[\0-\x7f]+", "", text)[:100_000]
                total += len(foreign)
                common += len(foreign.encode("gb2312", "ignore").decode("gb2312"))
            if not block:
                return common >= _COMMON_CHINESE * total

    def _blocks(self) -> Iterator[tuple[bytes, float]]:
        """The text as UTF-8 in blocks, and the share of the file read so far."""
        decoder = None if self._encoding == "utf-8" else codecs.getincrementaldecoder(self._encoding)()
        with self.path.open("rb") as file:
            file.seek(self._skip)
            while block := file.read(BLOCK):
                done = min(file.tell() / self._size, 1.0)
                if decoder is not None:
                    block = decoder.decode(block).encode()
                yield block.replace(b"\r", b"\n") if self._replace_returns else block, done

    # --- header -------------------------------------------------------------------------------------------------------

    def _header(self) -> list[str]:
        text = b""
        for block, _ in self._blocks():
            text += block
            begun = text.lstrip(b"\r\n")
            if len(begun) >= LONGEST or _record_ends(np.frombuffer(begun, np.uint8)).size:
                break
        if b"\n" not in text and b"\r" in text:  # line ends of the old Macintosh
            self._replace_returns = True
            text = text.replace(b"\r", b"\n")
        blank = len(text) - len(text.lstrip(b"\r\n"))
        ends = _record_ends(np.frombuffer(text[blank:], np.uint8))
        end = int(ends[0]) + 1 if ends.size else len(text) - blank
        if not ends.size and len(text) >= LONGEST:
            raise TableError("no line ends in the first 16 MiB.", at=self.at, remedy="Is it a CSV file with a header?")
        header = text[blank : blank + end].decode().strip("\r\n")
        self._header_bytes = blank + end
        if not header.strip():
            raise TableError("the file is empty.", at=self.at, remedy="A table has a header and a row per firm.")
        outside = re.sub(r'"[^"]*"', "", header)
        self.separator = max(_SEPARATORS, key=outside.count)
        if outside.count(self.separator) == 0:
            self.separator = ","
        try:
            record = next(csv.reader(io.StringIO(header, newline=""), delimiter=self.separator))
        except csv.Error as error:
            raise TableError(f"the header cannot be read ({error}).", at=Place(str(self.path), 1)) from None
        names = [name.strip() for name in record]
        twice = sorted(name for name, times in Counter(names).items() if name and times > 1)
        if twice:
            raise TableError(
                f"the header has {listed(map(repr, twice))} more than once.",
                at=Place(str(self.path), 1),
                remedy="Give every column its own name.",
            )
        return [name or f"\0{number}" for number, name in enumerate(names, start=1)]

    # --- rows ---------------------------------------------------------------------------------------------------------

    def pieces(self, columns: list[str], _rows: int) -> Iterator[Piece]:
        """The rows with the named columns as text, an empty cell as null or an empty text.

        Raises:
            TableError: a quoted field never ends, or the file cannot be read any further.
        """
        skip, rest, row, done = self._header_bytes, b"", 1, 0.0
        for block, done in self._blocks():
            text = rest + block[skip:]
            skip = max(skip - len(block), 0)
            if b"\r\n" in text:
                text = text.replace(b"\r\n", b"\n")
            piece, used = self._piece(text, columns, done)
            rest = text[used:]
            if len(rest) > LONGEST and rest.strip(b"\r\n"):
                raise self._open_quote(row + (piece.frame.height if piece else 0))
            if piece is not None:
                row += piece.frame.height
                yield piece
        rest = rest.replace(b"\r\n", b"\n")
        if len(self.columns) > 1:
            rest = rest.rstrip(b"\r\n")
        if rest:
            if not rest.endswith(b"\n"):
                rest += b"\n"
            piece, used = self._piece(rest, columns, 1.0)
            if piece is not None:
                row += piece.frame.height
                yield piece
            if used < len(rest):
                raise self._open_quote(row)

    def _open_quote(self, row: int) -> TableError:
        return TableError(
            f"row {row}: a quoted field begins that never ends.",
            at=self.at,
            remedy='Close the quote; a quote inside a quoted field is written twice ("").',
        )

    def _piece(self, text: bytes, columns: list[str], done: float) -> tuple[Piece | None, int]:
        """As many whole records of ``text`` as there are, and how many bytes they take.

        Blank lines at the end stay behind: at the end of the file they are no rows.
        """
        data = np.frombuffer(text, np.uint8)
        quotes = np.flatnonzero(data == _QUOTE) if b'"' in text else np.empty(0, np.intp)
        separator = ord(self.separator)
        if quotes.size and not _well_quoted(data, quotes, separator):
            return self._by_hand(text, columns, done)
        ends = _outside(np.flatnonzero(data == _NEWLINE), quotes)
        if len(self.columns) > 1:
            ends = ends[: _without_blank_tail(ends)]
        if not ends.size:
            return None, 0
        used = int(ends[-1]) + 1
        separators = _outside(np.flatnonzero(data[:used] == separator), quotes)
        fields = np.diff(np.searchsorted(separators, ends), prepend=0) + 1
        wrong = np.flatnonzero(fields != len(self.columns))
        ragged = {}
        whole = text[:used]
        if wrong.size:
            starts = np.concatenate(([0], ends[:-1] + 1))
            blank = ends[wrong] == starts[wrong]
            if len(self.columns) == 1:
                wrong, blank = wrong[~blank], blank[~blank]
            ragged = {
                position: self._ragged(0 if empty else count)
                for position, count, empty in zip(wrong.tolist(), fields[wrong].tolist(), blank.tolist(), strict=True)
            }
            whole = _replaced(whole, starts[wrong], ends[wrong], self.separator.encode() * (len(self.columns) - 1))
        try:
            frame = self._split(whole, columns)
        except pl.exceptions.PolarsError:
            return self._by_hand(text, columns, done)
        if frame.height != ends.size:
            return self._by_hand(text, columns, done)
        return Piece(frame, ragged, done), used

    def _ragged(self, fields: int) -> str:
        have = len(self.columns)
        if not fields:
            return "the line is blank"
        return f"{fields} {'field' if fields == 1 else 'fields'} where the header has {have}"

    def _split(self, text: bytes, columns: list[str]) -> pl.DataFrame:
        names = {f"column_{number}": name for number, name in enumerate(self.columns, start=1)}
        columns_read = [key for key, name in names.items() if name in columns] or ["column_1"]
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=self.separator,
            schema=dict.fromkeys(names, pl.String),
            columns=columns_read,
        )
        return frame.rename({key: names[key] for key in columns_read})

    def _by_hand(self, text: bytes, columns: list[str], done: float) -> tuple[Piece | None, int]:
        """The same with the csv module, for text in which quotes stand where they should not."""
        lines = text.decode().split("\n")
        tail = lines.pop()  # after the last line end: the beginning of a record, or nothing
        records: list[list[str]] = []
        ragged: dict[int, str] = {}
        taken = 0  # lines
        while taken < len(lines):
            source = _Lines(lines, taken)
            try:
                for record in csv.reader(source, delimiter=self.separator, strict=True):
                    records.append(record)
                    taken = source.pulled
            except csv.Error as error:
                if source.dry:
                    break  # the lines ended within a quoted field: the rest waits for more
                # The record is taken to end with its first line, lest it swallow the rows after it.
                ragged[len(records)] = (
                    "a field is too long" if "limit" in str(error) else "a quote stands where no field begins or ends"
                )
                records.append([])
                taken += 1
        used = len(text) - len(tail.encode()) - sum(len(line.encode()) + 1 for line in lines[taken:])
        if len(self.columns) > 1:
            while records and not records[-1] and len(records) - 1 not in ragged:
                records.pop()
                used -= 1
        if not records:
            return None, 0
        for position, record in enumerate(records):
            if len(record) != len(self.columns) and not (len(self.columns) == 1 and not record):
                ragged.setdefault(position, self._ragged(len(record)))
        where = [self.columns.index(name) for name in columns]
        empty = [""] * len(self.columns)
        good = [empty if position in ragged or not record else record for position, record in enumerate(records)]
        frame = pl.DataFrame(
            {name: [record[at] for record in good] for name, at in zip(columns, where, strict=True)}
            or {self.columns[0]: [""] * len(good)},
            schema=dict.fromkeys(columns or self.columns[:1], pl.String),
        )
        return Piece(frame, ragged, done), used


class _Lines(Iterator[str]):
    """Lines for the csv module, which pulls as many as a record has; ``dry`` once it asked for one too many."""

    def __init__(self, lines: list[str], start: int) -> None:
        self._lines = lines
        self.pulled = start
        self.dry = False

    def __next__(self) -> str:
        if self.pulled == len(self._lines):
            self.dry = True
            raise StopIteration
        self.pulled += 1
        return self._lines[self.pulled - 1].replace("\r", " ") + "\n"


def _record_ends(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    return _outside(np.flatnonzero(data == _NEWLINE), np.flatnonzero(data == _QUOTE))


def _outside(positions: npt.NDArray[np.intp], quotes: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Those positions that do not stand within quotes."""
    if not quotes.size:
        return positions
    outside: npt.NDArray[np.intp] = positions[np.searchsorted(quotes, positions) % 2 == 0]
    return outside


def _well_quoted(data: npt.NDArray[np.uint8], quotes: npt.NDArray[np.intp], separator: int) -> bool:
    """Whether every quote opens or closes a whole field, or is one of two within it."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = data[opening - 1]  # of the first byte of all: the last one, which is put right below
    good_before = (before == separator) | (before == _NEWLINE) | (before == _QUOTE)
    if opening[0] == 0:
        good_before[0] = True
    inner = closing[closing < len(data) - 1]
    after = data[inner + 1]
    good_after = (after == separator) | (after == _NEWLINE) | (after == _QUOTE) | (after == _RETURN)
    return bool(good_before.all() and good_after.all())


def _without_blank_tail(ends: npt.NDArray[np.intp]) -> int:
    """How many records are left when blank lines at the end are not counted."""
    count = int(ends.size)
    while count > 1 and ends[count - 1] == ends[count - 2] + 1:
        count -= 1
    return 0 if count == 1 and ends[0] == 0 else count


def _replaced(text: bytes, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp], by: bytes) -> bytes:
    """The whole records of a text, some of them replaced by an empty one."""
    parts, at = [], 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        parts += [text[at:start], by]
        at = end
    parts.append(text[at:])
    return b"".join(parts)
