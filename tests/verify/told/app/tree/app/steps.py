STEPS = []


def prepare(data):
    return data


def registered():
    return STEPS


def register(step):
    STEPS.append(step)
    return step


@register
def scale(data):
    return data


def unused(data):
    return scale(data)
