"""Fields of the settings in words: their type and limits, for errors and for docs/settings.md."""

from __future__ import annotations

import json
import types
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from salesboard_display.core.messages import Message
from salesboard_display.settings.fieldtypes import Section, Shown, duration_text
from salesboard_display.settings.problems import KeyPath, Phrase, either, listed, phrase

_SIMPLE = {
    str: phrase("text"),
    int: phrase("whole number"),
    float: phrase("number"),
    bool: phrase("true or false"),
}


def key_name(name: str, field: FieldInfo) -> str:
    """The key as it stands in the file: `from`, where the model says `from_`."""
    return field.alias or name


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Key → field, in the model's order."""
    return {key_name(name, field): field for name, field in model.model_fields.items()}


def type_words(annotation: Any, metadata: tuple[Any, ...] = ()) -> str:
    """What is to be written, in words: "whole number", "list of ids", "table of …"."""
    for mark in (*metadata, *_marks(annotation)):
        if isinstance(mark, Shown):
            return Phrase(mark.type, Message(mark.type))
    inner = _bare(annotation)
    origin, args = get_origin(inner), get_args(inner)
    if origin is Literal:
        return either([json.dumps(arg, ensure_ascii=False) for arg in args])
    if origin is list:
        return phrase("list of {items}", items=type_words(args[0]))
    if origin is dict:
        return phrase("table of {key} = {value}", key=type_words(args[0]), value=type_words(args[1]))
    if isinstance(inner, type) and issubclass(inner, Section):
        return inner.SHOWN
    return _SIMPLE.get(inner, phrase("value"))


def _marks(annotation: Any) -> tuple[Any, ...]:
    """What Annotated says about a type, also inside `… | None`."""
    if get_origin(annotation) is Annotated:
        first, *marks = get_args(annotation)
        return (*marks, *_marks(first))
    if get_origin(annotation) in (Union, types.UnionType):
        options = [option for option in get_args(annotation) if option is not type(None)]
        return _marks(options[0]) if len(options) == 1 else ()
    return ()


def _bare(annotation: Any) -> Any:
    """Without Annotated and without `| None`."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        options = [option for option in get_args(annotation) if option is not type(None)]
        return _bare(options[0]) if len(options) == 1 else annotation
    return annotation


def shown(field: FieldInfo) -> str:
    """The field's type in words."""
    return type_words(field.annotation, tuple(field.metadata))


def limits(field: FieldInfo) -> str:
    """The field's limits in words, "" for none: "1 to 12", "at most 100 characters"."""
    low = high = above = below = None
    shortest, longest = 0, None
    for mark in field.metadata:
        match mark:
            case annotated_types.Ge(ge=value):
                low = value
            case annotated_types.Gt(gt=value):
                above = value
            case annotated_types.Le(le=value):
                high = value
            case annotated_types.Lt(lt=value):
                below = value
            case annotated_types.MinLen(min_length=length):
                shortest = length
            case annotated_types.MaxLen(max_length=length):
                longest = length
    is_duration = "duration" in shown(field)
    parts: list[str] = [phrase("more than {low}", low=f"{above}")] if above is not None else []
    parts += [phrase("less than {high}", high=f"{below}")] if below is not None else []
    parts.append(_range(low, high, is_duration))
    parts.append(_length(shortest, longest, _bare(field.annotation)))
    return listed([part for part in parts if part])


def _range(low: Any, high: Any, is_duration: bool) -> str:
    if low is None and high is None:
        return ""
    if low is not None and low == high:
        return _figure(low, is_duration)
    if high is None:
        return phrase("at least {low}", low=_figure(low, is_duration))
    if low is None:
        return phrase("at most {high}", high=_figure(high, is_duration))
    return phrase("{low} to {high}", low=_figure(low, is_duration), high=_figure(high, is_duration))


def _figure(value: Any, is_duration: bool) -> str:
    if is_duration:
        return f'"{duration_text(float(value))}"'
    return f"{value:,}".replace(",", " ") if isinstance(value, int | Decimal) else f"{value:g}"


def _length(shortest: int, longest: int | None, annotation: Any) -> str:
    least, most = str(shortest), f"{longest:,}".replace(",", " ") if longest is not None else ""
    if annotation is str:
        if longest is None:
            return phrase("at least {low} characters", low=least) if shortest else ""
        if shortest:
            return phrase("{low} to {high} characters", low=least, high=most)
        return phrase("at most {high} characters", high=most)
    if longest is None:
        return phrase("at least {low} items", low=least) if shortest else ""
    if shortest:
        return phrase("{low} to {high} items", low=least, high=most)
    return phrase("at most {high} items", high=most)


def default_words(field: FieldInfo) -> str:
    """The field's default as one writes it; "required" without one, "–" where it is nothing."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    for mark in (*field.metadata, *_marks(field.annotation)):
        if isinstance(mark, Shown) and mark.default is not None and value is not None:
            return mark.default(value)
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case BaseModel():
            return _short_converter(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short_converter(value: BaseModel) -> str:
    constant = getattr(value, "constant", None)
    return f"{{ constant = {constant} }}" if constant is not None else "–"


def model_at(root: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """The model of the table at ``path``; a source's type stands in the path after its name."""
    found: Any = root
    for part in path:
        found = _step(found, part)
    found = _bare(found)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def field_at(root: type[BaseModel], path: KeyPath) -> FieldInfo | None:
    """The field at ``path``; None for list items, keys of tables, and whatever is no field."""
    model = model_at(root, path[:-1])
    return fields_of(model).get(str(path[-1])) if model is not None and path else None


def annotation_at(root: type[BaseModel], path: KeyPath) -> Any:
    """What type is expected at ``path``, list items and table entries included; None when nothing is."""
    found: Any = root
    for part in path:
        found = _step(found, part)
    return found


def options(annotation: Any) -> tuple[Any, ...]:
    """The words a Literal allows; empty for any other type."""
    inner = _bare(annotation)
    return get_args(inner) if get_origin(inner) is Literal else ()


def types_of(annotation: Any) -> dict[str, Any]:
    """The models a table with a `type` can be, by that type; empty for anything else."""
    inner = _bare(annotation)
    if get_origin(inner) not in (Union, types.UnionType):
        return {}
    models = [one for one in get_args(inner) if isinstance(one, type) and issubclass(one, BaseModel)]
    return {name: model for model in models for name in _type_names(model)}


def _type_names(model: type[BaseModel]) -> tuple[Any, ...]:
    field = model.model_fields.get("type")
    return options(field.annotation) if field is not None else ()


def _step(annotation: Any, part: str | int) -> Any:
    inner = _bare(annotation)
    origin, args = get_origin(inner), get_args(inner)
    if origin is dict and isinstance(part, str):
        return args[1]
    if origin is list and isinstance(part, int):
        return args[0]
    if origin in (Union, types.UnionType):
        return types_of(annotation).get(str(part))
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        field = fields_of(inner).get(str(part))
        if field is None:
            return None
        return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return None


__all__ = [
    "annotation_at",
    "default_words",
    "field_at",
    "fields_of",
    "key_name",
    "limits",
    "model_at",
    "options",
    "shown",
    "type_words",
    "types_of",
]
