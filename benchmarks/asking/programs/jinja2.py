"""Use Jinja as programs do: inheritance, macros, filters, loops, sandbox, errors, extensions."""

from jinja2 import DictLoader, Environment, StrictUndefined, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

TEMPLATES = {
    "base.html": "<title>{% block title %}base{% endblock %}</title>{% block body %}{% endblock %}",
    "macros.html": "{% macro field(name, value='') %}<i>{{ name }}={{ value|e }}</i>{% endmacro %}",
    "page.html": (
        "{% extends 'base.html' %}{% from 'macros.html' import field %}"
        "{% block title %}{{ super() }} {{ title|upper|trim }}{% endblock %}"
        "{% block body %}{% for item in items|sort(attribute='n') recursive %}"
        "{{ loop.index }}/{{ loop.length }} {{ field('n', item.n) }}"
        "{% if item.kids %}{{ loop(item.kids) }}{% endif %}"
        "{% else %}none{% endfor %}{% include 'foot.html' ignore missing %}{% endblock %}"
    ),
    "foot.html": "{% set x = namespace(a=1) %}{% set x.a = x.a + 2 %}{{ x.a ** 2 // 3 }}",
    "filters.html": (
        "{{ [1,2,3]|map('string')|join(',') }}{{ 'a b'|title|replace('A','x') }}"
        "{{ items|groupby('n')|list|length }}{{ '%s'|format(3) }}{{ text|wordwrap(5)|indent }}"
        "{{ {'a': 1}|tojson }}{{ 3.14159|round(2) }}{{ 'x'|default('y') }}{{ items|batch(2)|list }}"
        "{{ text|truncate(5) }}{{ text is string }}{{ 3 is even }}{{ text|urlize }}"
        "{% filter upper %}low{% endfilter %}{% call(a) outer() %}{{ a }}{% endcall %}"
    ),
    "loops.html": (
        "{% for k, v in {'a': 1}|dictsort %}{% if v is odd %}{% continue %}{% endif %}{% endfor %}"
        "{% with y = 2 %}{% do seen.append(y) %}{% endwith %}{{ cycler('a','b').next() }}"
        "{% trans n=2 %}one{% pluralize %}{{ n }}{% endtrans %}"
    ),
}


def outer(caller):
    return caller("called")


def main():
    extensions = ["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"]
    environment = Environment(loader=DictLoader(TEMPLATES), autoescape=True, extensions=extensions)
    environment.install_null_translations()
    environment.globals["outer"] = outer
    items = [{"n": 2, "kids": [{"n": 3}]}, {"n": 1}]
    values = {"items": items, "title": " tea ", "text": "see http://a.example for more", "seen": []}
    for name in ("page.html", "filters.html", "loops.html"):
        template = environment.get_template(name)
        template.render(values)
        list(template.generate(values))
        meta.find_undeclared_variables(environment.parse(TEMPLATES[name]))
    environment.compile_expression("a + b * 2")(a=1, b=2)
    strict = Environment(undefined=StrictUndefined, line_statement_prefix="#")
    for text in ("{{ missing }}", "{% if %}", "{{ 1/0 }}", "# for i in [1]\n{{ i }}\n# endfor"):
        try:
            strict.from_string(text).render()
        except (TemplateError, ZeroDivisionError):
            continue
    sandbox = SandboxedEnvironment()
    for text in ("{{ ''.__class__.mro() }}", "{{ '{0.real}'.format(3) }}", "{{ range(3)|sum }}"):
        try:
            sandbox.from_string(text).render()
        except TemplateError:
            continue


if __name__ == "__main__":
    main()
