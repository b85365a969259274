from rules import reduced, to_pay


def test_members_pay_less():
    assert to_pay(200, is_member=True) == 180


def test_reduction_is_for_members():
    assert reduced(200, is_member=False) == 200
