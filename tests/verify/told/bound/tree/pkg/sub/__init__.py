from ..low import work as up
from ... import outside
from .... import far_outside


def deep():
    return up(1)
