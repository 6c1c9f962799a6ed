"""Message codes and labels as sentences, in Chinese and English."""

from renewopt.text.catalogue import codes, entries
from renewopt.text.language import LANGUAGES, Lang, default_lang
from renewopt.text.render import label, render, render_all, render_remark

__all__ = [
    "LANGUAGES",
    "Lang",
    "codes",
    "default_lang",
    "entries",
    "label",
    "render",
    "render_all",
    "render_remark",
]
