"""What a document says of its own standing: superseded or not, from when on, which edition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.domain.documents import Document, MetadataValue
from app.domain.statements import Validity

LOOKED_AT: Final = 1_500
"""Characters at the beginning of a text in which a document speaks of itself."""

_SUPERSEDED: Final = re.compile(
    r"\b(?:superseded|obsolete|withdrawn|no longer (?:valid|in force|applies)|out of force"
    r"|(?:has been|is|was) replaced by|replaced by version|archived version|outdated version)\b"
    r"|已废止|已作废|已失效|已停用|不再适用|不再有效|废止日期|已被.{0,40}?(?:取代|替代|代替)"
    r"|由.{0,40}?(?:取代|替代|代替)",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(
    r"^(?:superseded|obsolete|withdrawn|deprecated|archived|expired|废止|已废止|作废|失效|停用"
    r"|旧版)",
    re.IGNORECASE,
)
_VERSION: Final = re.compile(
    r"(?:\b(?:version|edition|revision|rev\.?|release|v)|版本(?:号)?"
    r"|修订)\s{0,2}[:：]?\s{0,2}(\d{1,4}(?:\.\d{1,4}){0,3})"
    r"|第?\s{0,1}(\d{1,3}(?:\.\d{1,3}){0,2})\s{0,1}版|\b(\d)(?:st|nd|rd|th) edition",
    re.IGNORECASE,
)
_VERSION_LINE: Final = re.compile(
    r"^\W{0,4}(?:(?:document )?version|edition|revision|rev\.?|版本(?:号)?)\s{0,2}[:：]\s{0,2}"
    r"v?(\d{1,4}(?:\.\d{1,4}){0,3})",
    re.IGNORECASE | re.MULTILINE,
)
_EFFECTIVE: Final = re.compile(
    r"(?:effective|valid|in force|applies|applicable|in effect|生效|施行|实施|执行|适用)"
    r"(?:[^\d\n]{0,24}?)(?P<date>\d{4}(?:[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?)?"
    r"|\d{1,2}\.? [A-Z][a-z]{2,8} \d{4}|[A-Z][a-z]{2,8} \d{1,2}, \d{4})"
    r"|自\s?(?P<zh>\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?)起",
    re.IGNORECASE,
)
_DATE_FIELDS: Final = (
    "effective", "effective_date", "effective_from", "valid_from", "date", "updated", "published",
    "生效日期", "生效", "日期", "发布日期",
)  # fmt: skip
_VERSION_FIELDS: Final = ("version", "edition", "revision", "版本", "版本号")
_STATUS_FIELDS: Final = ("status", "state", "状态")
_SUPERSEDED_FIELDS: Final = ("superseded_by", "replaced_by", "被替代", "替代版本")
_ISO: Final = re.compile(r"(\d{4})(?:\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?)?")
_ENGLISH_DATE: Final = re.compile(
    r"(?:(?P<d>\d{1,2})\.? (?P<m>[A-Za-z]{3,9}) "
    r"|(?P<m2>[A-Za-z]{3,9}) (?P<d2>\d{1,2}), )(?P<y>\d{4})"
)
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)


def validity_of(document: Document) -> Validity:
    """From the metadata first, then from how title and text begin."""
    fields = {name.lower(): value for name, value in document.metadata.items()}
    start = f"{document.title}\n{document.text[:LOOKED_AT]}"
    effective = _EFFECTIVE.search(start)
    said = effective and (effective["date"] or effective["zh"])
    return Validity(
        superseded=_is_superseded(fields, start),
        date=iso(_field(fields, _DATE_FIELDS[:4]) or said or _field(fields, _DATE_FIELDS[4:])),
        version=_field(fields, _VERSION_FIELDS) or _stated_version(start),
    )


def iso(text: str) -> str:
    """The first date in ``text`` as far as it goes, ``YYYY-MM-DD``; empty where there is none."""
    english = _ENGLISH_DATE.search(text)
    if english:
        month = (english["m"] or english["m2"])[:3].lower()
        if month in _MONTHS:
            day = int(english["d"] or english["d2"])
            return f"{english['y']}-{_MONTHS.index(month) + 1:02}-{day:02}"
    found = _ISO.search(text)
    if not found:
        return ""
    return "-".join([found[1], *(f"{int(part):02}" for part in found.groups()[1:] if part)])


def _is_superseded(fields: Mapping[str, MetadataValue], start: str) -> bool:
    if any(fields.get(name) for name in _SUPERSEDED_FIELDS):
        return True
    if _STATUS.match(_field(fields, _STATUS_FIELDS)):
        return True
    found = _SUPERSEDED.search(start)
    # "replaces the version that is superseded" speaks of another document.
    return found is not None and not re.search(
        r"(?:replaces|supersedes|代替|取代|替代|废止)[^\n。.;；]{0,60}$", start[: found.start()]
    )


def _stated_version(start: str) -> str:
    """A line that gives the version comes before a name or a sentence that holds one."""
    found = _VERSION_LINE.search(start) or _VERSION.search(start)
    return next(filter(None, found.groups()), "") if found else ""


def _field(fields: Mapping[str, MetadataValue], names: tuple[str, ...]) -> str:
    for name in names:
        if value := fields.get(name):
            return str(value)
    return ""
