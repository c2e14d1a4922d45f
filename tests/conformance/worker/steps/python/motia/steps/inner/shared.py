"""A helper that declares no step."""


def prefix(value):
    return {"read": value}
