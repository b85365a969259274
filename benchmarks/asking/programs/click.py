"""Use click as programs do: groups, options of many types, prompts, errors, help, completion."""

import click
from click.shell_completion import BashComplete
from click.testing import CliRunner


class Upper(click.ParamType):
    name = "upper"

    def convert(self, value, param, ctx):
        return value.upper() if value.isalpha() else self.fail("not a word", param, ctx)


@click.group(invoke_without_command=True)
@click.option("--debug/--no-debug", default=False, envvar="APP_DEBUG")
@click.version_option("1.0")
@click.pass_context
def app(ctx, debug):
    ctx.obj = {"debug": debug}
    if ctx.invoked_subcommand is None:
        click.secho("nothing to do", fg="red", bold=True)


@app.command()
@click.argument("names", nargs=-1, type=Upper())
@click.option("-n", "--number", type=click.IntRange(1, 5), default=2, show_default=True)
@click.option("--color", type=click.Choice(["red", "green"], case_sensitive=False))
@click.option("--when", type=click.DateTime())
@click.option("--pair", type=(str, float), multiple=True)
@click.pass_obj
def show(obj, names, number, color, when, pair):
    """Show NAMES as often as asked."""
    with click.progressbar(range(number), label="showing") as bar:
        for _ in bar:
            click.echo(" ".join(names))
    click.echo_via_pager(f"{color} {when} {pair} {obj}")


@app.command()
@click.option("--name", prompt=True)
@click.password_option()
@click.confirmation_option(prompt="Sure?")
def ask(name, password):
    click.echo(click.style(f"{name} {len(password)}", underline=True))


@app.command(context_settings={"ignore_unknown_options": True})
@click.argument("source", type=click.File("r"))
@click.argument("target", type=click.Path(dir_okay=False, writable=True))
@click.pass_context
def copy(ctx, source, target):
    with click.open_file(target, "w", atomic=True) as file:
        file.write(source.read())
    ctx.invoke(show, names=("DONE",), number=1)


def main():
    runner = CliRunner()
    for arguments, typed in (
        (["--help"], ""),
        (["show", "--help"], ""),
        (["--version"], ""),
        ([], ""),
        (["--debug", "show", "tea", "-n", "3", "--color", "RED", "--pair", "a", "1.5"], ""),
        (["show", "7up"], ""),
        (["show", "--when", "2020-01-01", "tea"], ""),
        (["show", "-n", "9"], ""),
        (["shwo"], ""),
        (["ask"], "me\nsecret\nsecret\ny\n"),
        (["ask"], "me\nsecret\nother\nsecret\nsecret\nn\n"),
    ):
        runner.invoke(app, arguments, input=typed)
    with runner.isolated_filesystem():
        with open("a.txt", "w") as file:
            file.write("text")
        runner.invoke(app, ["copy", "a.txt", "b.txt"])
        runner.invoke(app, ["copy", "missing.txt", "b.txt"])
    complete = BashComplete(app, {}, "app", "_APP_COMPLETE")
    complete.source()
    for arguments, incomplete in (([], "s"), (["show"], "--c"), (["show", "--color"], "r")):
        complete.get_completions(arguments, incomplete)


if __name__ == "__main__":
    main()
