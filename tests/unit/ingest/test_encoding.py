import pytest

from app.errors import DocumentRejected
from ingest.loaders.encodings.encoding import decode

CHINESE = "这家公司成立于一九九五年，总部设在上海，主要研发、生产和销售休闲服饰。"
TRADITIONAL = "這家公司成立於一九九五年，總部設在臺北，主要研發、生產和銷售休閒服飾。"
JAPANESE = "この会社は東京に本社があり、休日の服を作って売っています。"
KOREAN = "이 회사는 서울에 본사가 있으며 옷을 만들어 팔고 있습니다."
RUSSIAN = "Эта компания была основана в Москве и занимается производством одежды для отдыха."
GERMAN = "Die schöne Frau trank süßen Kaffee für 15,50 €."


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        pytest.param(CHINESE, "gb18030", "gb18030", id="gb18030"),
        pytest.param(CHINESE, "gbk", "gb18030", id="gbk is read by its superset"),
        pytest.param(TRADITIONAL, "big5", "big5hkscs", id="big5"),
        pytest.param(JAPANESE, "shift_jis", "cp932", id="shift-jis"),
        pytest.param(JAPANESE, "euc_jp", "euc_jp", id="euc-jp"),
        pytest.param(KOREAN, "euc_kr", "cp949", id="euc-kr"),
        pytest.param(RUSSIAN, "cp1251", "cp1251", id="cp1251"),
        pytest.param(GERMAN, "cp1252", "cp1252", id="cp1252"),
        pytest.param("Größe", "latin-1", "cp1252", id="two bytes of latin-1"),
        pytest.param("plain text", "ascii", "utf-8", id="ascii"),
        pytest.param(CHINESE, "utf-8", "utf-8", id="utf-8"),
    ],
)
def test_undeclared_encodings_are_recognised(text, codec, expected):
    decoded = decode(text.encode(codec))
    assert decoded.text == text
    assert decoded.encoding == expected


@pytest.mark.parametrize("text", [CHINESE, "This is a test document."])
@pytest.mark.parametrize(
    "codec",
    ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode_encodings_are_recognised_with_and_without_a_mark(text, codec):
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("codec", ["utf-32-le", "utf-32-be"])
def test_utf_32_without_a_mark_is_recognised(codec):
    assert decode("A short line, 数字 12".encode(codec)).text == "A short line, 数字 12"


def test_a_declaration_decides_where_statistics_could_not():
    assert decode("Ёж".encode("koi8-r"), declared="koi8-r").text == "Ёж"


def test_valid_utf8_stands_above_a_stale_declaration():
    assert decode(CHINESE.encode(), declared="gbk").text == CHINESE


def test_an_unknown_declaration_is_passed_over():
    assert decode(GERMAN.encode("cp1252"), declared="no-such-codec").text == GERMAN


def test_a_file_that_mixes_utf8_and_gbk_is_read_line_by_line():
    data = CHINESE.encode() + b"\n" + CHINESE.encode("gbk") + b"\r\n" + "末行".encode()
    decoded = decode(data)
    assert decoded.text == f"{CHINESE}\n{CHINESE}\r\n末行"
    assert decoded.encoding == "utf-8+gb18030"


def test_one_damaged_character_does_not_turn_utf8_into_mojibake():
    data = (CHINESE + "\n").encode() * 3
    damaged = data[:3] + b"\xff" + data[3:]
    assert decode(damaged).text == CHINESE[0] + "\ufffd" + CHINESE[1:] + f"\n{CHINESE}\n{CHINESE}\n"


def test_text_that_was_encoded_twice_is_mended():
    twice = "1997–2004 for £300".encode().decode("latin-1")
    assert decode(twice.encode()).text == "1997–2004 for £300"


def test_letters_that_only_look_encoded_twice_are_left_alone():
    assert decode("Â£ and Ã©".encode()).text == "Â£ and Ã©"


def test_nul_bytes_amid_ascii_do_not_make_it_utf16():
    assert decode(b"first line\x00\x00 second line, long enough").encoding == "utf-8"


def test_binary_data_is_undecodable():
    with pytest.raises(DocumentRejected) as rejection:
        decode(bytes(range(256)) * 8)
    assert rejection.value.code == "undecodable"
