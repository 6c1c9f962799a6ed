"""What every part of the catalogue is made of: frozen models and bilingual texts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A validated object that never changes; a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(Frozen):
    """One text in Chinese and in English."""

    zh: str
    en: str

    def in_lang(self, lang: str) -> str:
        """Give the text in `zh`, or in English for any other language."""
        return self.zh if lang == "zh" else self.en
