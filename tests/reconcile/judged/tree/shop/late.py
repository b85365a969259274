from shop.store import write


def made(goods): return write(goods)


def unmade(goods):
    try:
        write(goods)
    except OSError:
        write(1)
    while goods:
        write(2)
        return goods
    else:
        write(3)
    assert goods
    write(4)
