"""Sentences for people that can be translated. Only the standard library is imported."""

from collections.abc import Mapping


class Message(str):
    """A sentence in English that knows the template and the values that it is made of."""

    template: str
    """Text with a `{name}` for each value; when there are no values, the sentence as it is."""
    values: Mapping[str, object]
    """A value may be a message itself."""

    def __new__(cls, template: str, /, **values: object) -> "Message":
        """Fill in a template. A message without values stays as it is."""
        if isinstance(template, cls) and not values:
            return template
        message = super().__new__(cls, template.format(**values) if values else template)
        message.template = template
        message.values = values
        return message
