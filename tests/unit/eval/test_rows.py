from eval.datasets.rows import read_lines


def test_lines_come_without_byte_order_mark_and_line_ends_and_with_their_number(tmp_path):
    path = tmp_path / "lines.tsv"
    path.write_bytes("\ufeffone\ttwo\r\n\r\n \n三\u2028四 \nlast".encode())
    assert list(read_lines(path)) == [
        (f"{path}:1", "one\ttwo"),
        (f"{path}:4", "三\u2028四 "),
        (f"{path}:5", "last"),
    ]


def test_a_byte_order_mark_further_down_is_text(tmp_path):
    path = tmp_path / "lines.tsv"
    path.write_bytes("one\n\ufefftwo\n".encode())
    assert [line for _, line in read_lines(path)] == ["one", "\ufefftwo"]
