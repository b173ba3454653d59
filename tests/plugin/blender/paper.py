"""Panels drawn without a screen: a layout that checks every call against Blender's own tables."""

from __future__ import annotations

from types import SimpleNamespace

import bpy

FUNCTIONS = bpy.types.UILayout.bl_rna.functions
PROPERTIES = bpy.types.UILayout.bl_rna.properties


class Paper:
    """A UILayout that writes down what is drawn and raises where Blender would.

    Attributes:
        drawn: Labels, properties and buttons in the order of drawing.
    """

    def __init__(self, drawn=None) -> None:
        object.__setattr__(self, "drawn", [] if drawn is None else drawn)

    def __setattr__(self, name, value) -> None:
        assert name in PROPERTIES, name
        assert not PROPERTIES[name].is_readonly, name

    def __getattr__(self, name):
        function = FUNCTIONS[name]

        def call(*values, **options):
            names = [p.identifier for p in function.parameters if not p.is_output]
            given = {**dict(zip(names, values, strict=False)), **options}
            check(function, given)
            return getattr(Paper, f"_{name}", Paper._inner)(self, **given)

        return call

    def _inner(self, **_):
        return Paper(self.drawn)

    def _label(self, text="", **_):
        self.drawn.append(text)

    def _progress(self, text="", factor=0.0, **_):
        assert 0 <= factor <= 1
        self.drawn.append(text)

    def _prop(self, data, property, **_):
        assert property in data.bl_rna.properties, property
        self.drawn.append(f"{property}={getattr(data, property)}")

    def _operator(self, operator, text=None, **_):
        group, name = operator.split(".")
        kind = getattr(getattr(bpy.ops, group), name).get_rna_type()
        self.drawn.append(f"[{kind.name if text is None else text}]")
        return Options(kind)

    def _template_list(self, listtype_name, dataptr, propname, **_):
        kind = next(c for c in bpy.types.UIList.__subclasses__() if c.__name__ == listtype_name)
        for item in getattr(dataptr, propname):
            kind.draw_item(None, bpy.context, self, dataptr, item, 0, dataptr, "active")


class Options:
    """Properties of a button's operator."""

    def __init__(self, kind) -> None:
        object.__setattr__(self, "kind", kind)

    def __setattr__(self, name, value) -> None:
        item = self.kind.properties[name]
        assert item.type != "ENUM" or value in item.enum_items, (name, value)


def check(function, given) -> None:
    """Raise where Blender would refuse such a call."""
    parameters = {p.identifier: p for p in function.parameters}
    unknown = set(given) - set(parameters)
    assert not unknown, (function.identifier, unknown)
    icon = given.get("icon", "NONE")
    assert "icon" not in parameters or icon in parameters["icon"].enum_items, icon
    required = {n for n, p in parameters.items() if p.is_required and not p.is_output}
    assert required <= set(given), (function.identifier, required)


def draw(classes) -> dict[str, list[str]]:
    """What each panel shows now, by its label; hidden ones are left out."""
    shown = {}
    for cls in classes:
        if not hasattr(cls, "poll") or cls.poll(bpy.context):
            paper = Paper()
            cls.draw(SimpleNamespace(layout=paper), bpy.context)
            shown[cls.bl_label] = paper.drawn
    return shown
