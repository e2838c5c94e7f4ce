import io

from rich.text import Text

from app.cli.terminal import PlainConsole


def printed(*parts, **options):
    console = PlainConsole(file=io.StringIO(), highlight=False, markup=False, **options)
    console.print(*parts)
    return console.file.getvalue()


def test_controls_of_documents_do_not_reach_the_terminal():
    hostile = "a\x1b]0;title\x07b\x1b[2J\u202ec\x9b31m\u2066d\U000e0041e\x7f"
    assert printed(hostile) == "a]0;titleb[2Jc31mde\n"
    assert printed(Text(hostile)) == printed(hostile)


def test_styles_line_ends_and_other_scripts_stay():
    shown = printed(
        Text("é\t中\n👨‍👩‍👧 אב", style="red"), force_terminal=True, color_system="standard"
    )
    assert "\x1b[31m" in shown
    assert "中\x1b[0m\n" in shown
    assert "👨‍👩‍👧 אב" in shown
