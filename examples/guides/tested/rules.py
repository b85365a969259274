"""What a customer pays."""


def reduced(total, is_member):
    if is_member and total > 100:
        return total * 0.9
    return total


def shipping(total):
    if total >= 50:
        return 0
    return abroad(5)


def abroad(fee):
    return fee * 3


def to_pay(total, is_member=False):
    total = reduced(total, is_member)
    return total + shipping(total)
