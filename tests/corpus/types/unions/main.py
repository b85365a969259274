"""A union is any of its members, and nothing else."""

from typing import Union


class Csv:
    def rows(self):
        return 1


class Json:
    def rows(self):
        return 2


class Xml:
    def rows(self):
        return 3


CsvOrJson = Union[Csv, Json]


def typed(source: Union[Csv, Json]):
    return source.rows()  # calls: Csv.rows | Json.rows   runs: Csv.rows | Json.rows


def barred(source: "Json | Xml"):
    return source.rows()  # calls: Json.rows | Xml.rows   runs: Json.rows | Xml.rows


def aliased(source: CsvOrJson):
    return source.rows()  # calls: Csv.rows | Json.rows   runs: Csv.rows | Json.rows


for each in (Csv(), Json()):
    typed(each)
    aliased(each)
for each in (Json(), Xml()):
    barred(each)
