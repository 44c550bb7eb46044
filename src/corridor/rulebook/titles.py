"""Words in the two languages that every page, letter and record needs."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.rulebook.yamlfile import Value


@dataclass(frozen=True, slots=True)
class Title:
    """The same words in English and in Simplified Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """The words in ``"en"`` or ``"zh"``."""
        return self.zh if language == "zh" else self.en

    def as_json(self) -> dict[str, str]:
        """``{"en": …, "zh": …}``."""
        return {"en": self.en, "zh": self.zh}


def read_title(value: Value, what: str) -> Title:
    """Read ``{en: …, zh: …}``; both are required."""
    fields = value.fields(what, required={"en", "zh"})
    return Title(fields["en"].text(f"{what}, en"), fields["zh"].text(f"{what}, zh"))
