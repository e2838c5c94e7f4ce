from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.language import SAMPLE_CHARACTERS, detect_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("How does reciprocal rank fusion work?", "en"),
        ("reciprocal rank fusion", "en"),
        ("def main(): return 0", "en"),
        ("Interferon-γ is high", "en"),
        ("TNF-α induced β-catenin", "en"),
        ("the Σ of α / (k + rank), with Σα = 1", "en"),
        ("do they qualify", "en"),
        ("倒数排名融合是怎么工作的？", "zh"),
        ("倒數排名融合是怎麼運作的？", "zh"),
        ("如何配置 HTTP_PROXY 环境变量", "zh"),
        ("The Chinese word 数据库 means database, and it is found by its parts", "en"),
        ("これは日本語の文章です", "ja"),
        ("한국어 문장입니다", "ko"),
        ("Это русское предложение", "ru"),
        ("Das ist nicht der Anfang und auch nicht das Ende", "de"),
        ("Les documents sont dans la base pour les utilisateurs", "fr"),
        ("Los documentos y las preguntas del usuario en una lista", "es"),
        ("Αυτό είναι ελληνικά", "el"),
        ("Ο διακομιστής nginx είναι γρήγορος", "el"),
        ("Настройте сервер nginx", "ru"),
        ("هذا نص عربي", "ar"),
        ("12345 + 67 = ?", "und"),
        ("", "und"),
        ("   \n", "und"),
    ],
)
def test_language_of(text: str, code: str) -> None:
    assert detect_language(text) == code


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    assert detect_language("word " * (SAMPLE_CHARACTERS // 5) + "中" * 200_000) == "en"


@given(st.text(st.characters(codec=None, categories=None), max_size=80))
def test_any_text_has_a_language_code(text: str) -> None:
    code = detect_language(text)
    assert code == "und" or (len(code) == 2 and code.islower())
