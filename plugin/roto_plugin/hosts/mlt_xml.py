"""A plan as MLT XML, and back.

A filter counts frames from its own ``in``: a matte whose first picture belongs to position 4 of the
plate's producer stands in a filter with ``in="4"``, whatever part of the plate is on the track.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from roto.errors import HostError
from roto_plugin.host import HostPlan, Loss

Values: TypeAlias = Mapping[str, object]

BLEND = "frei0r.cairoblend"
"""The transition that mixes tracks; see :mod:`roto_plugin.hosts.mlt`."""

_MASK: Values = {
    "mlt_service": "shape",
    "use_mix": 0,
    "use_luminance": 0,
    "mix": 100,
    "audio_match": 0,
}
_GRADE = "lift_gamma_gain"


def to_xml(plan: HostPlan) -> bytes:
    """The project as a file, UTF-8. It has no root of its own: paths are seen from its folder."""
    data, want = plan.data, plan.data["wanted"]
    count = want["last"] - want["first"] + 1
    root = ET.Element("mlt", {"LC_NUMERIC": "C", "producer": "main"})
    root.append(_profile(data["canvas"]))
    tracks = []
    if plan.feature == "grade":
        root.append(_plate("plate0", plan))
        tracks.append(_playlist("track0", "plate0", data["plate"]["in"], count))
    else:
        root.append(_background(want.get("background", {"colour": "#000000"}), count))
        tracks.append(_playlist("track0", "background", 0, count))
    for number, layer in enumerate(data["layers"], start=1):
        name = f"plate{number}"
        root.append(_plate(name, plan, layer))
        tracks.append(_playlist(f"track{number}", name, data["plate"]["in"], count))
    root.extend(tracks)
    root.append(_tractor(plan, [track.attrib["id"] for track in tracks], count))
    ET.indent(root)
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found + b"\n"


def from_xml(text: bytes) -> HostPlan:
    """The plan that a project stands for.

    Raises:
        HostError: it is no XML, or not a project that :func:`to_xml` could have written.
    """
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise HostError(f"this is no MLT project: {error}.") from None
    try:
        return _read(root)
    except (LookupError, ValueError, AttributeError, StopIteration) as error:
        raise HostError(f"this MLT project was not written by roto: {error!r} is amiss.") from None


def _profile(canvas: Mapping[str, Any]) -> ET.Element:
    rate, aspect = Fraction(canvas["rate"]), Fraction(canvas["pixel_aspect"])
    shape = aspect * canvas["width"] / canvas["height"]
    values = {
        "width": canvas["width"],
        "height": canvas["height"],
        "progressive": 1,
        "frame_rate_num": rate.numerator,
        "frame_rate_den": rate.denominator,
        "sample_aspect_num": aspect.numerator,
        "sample_aspect_den": aspect.denominator,
        "display_aspect_num": shape.numerator,
        "display_aspect_den": shape.denominator,
        "colorspace": 709,
    }
    return ET.Element("profile", {key: str(value) for key, value in values.items()})


def _element(tag: str, values: Values, **attributes: object) -> ET.Element:
    found = ET.Element(tag, {key: str(value) for key, value in attributes.items()})
    for key, value in values.items():
        ET.SubElement(found, "property", {"name": key}).text = str(value)
    return found


def _span(first: int, count: int) -> dict[str, object]:
    return {"in": first, "out": first + count - 1}


def _background(found: Mapping[str, str], count: int) -> ET.Element:
    service = "color" if "colour" in found else "pixbuf"
    resource = found["colour"] if "colour" in found else found["file"]
    values = {"mlt_service": service, "resource": resource, "length": count}
    if service == "color":
        values["mlt_image_format"] = "rgba"
    return _element("producer", values, id="background", **_span(0, count))


def _plate(name: str, plan: HostPlan, layer: Mapping[str, Any] | None = None) -> ET.Element:
    """The plate, seen through an object's matte if one is given."""
    plate = plan.data["plate"]
    values: dict[str, object] = {"length": plate["length"]}
    if plate["kind"] == "colour":
        values |= {"mlt_service": "color", "resource": plate["colour"], "mlt_image_format": "rgba"}
    elif plate["kind"] == "movie":
        values |= {"mlt_service": "avformat", "resource": plate["path"], "audio_index": -1}
    else:
        resource = f"{plate['path']}?begin={plate['begin']}"
        values |= {"mlt_service": "pixbuf", "resource": resource, "ttl": 1}
    for key in ("made_of", "made_first"):
        if plate.get(key) is not None:
            values[f"roto:{key}"] = plate[key]
    found = _element("producer", values, id=name, **_span(0, plate["length"]))
    if layer is not None:
        span = {"in": layer["in"], "out": plate["length"] - 1}
        for one in _filters(plan, layer):
            found.append(_element("filter", one, **span))
    return found


def _filters(plan: HostPlan, layer: Mapping[str, Any]) -> list[Values]:
    """The grade comes before the mask: the mask works in YCbCr with half as many colours a row."""
    mask = {**_MASK, "resource": layer["mattes"], "roto:object": layer["object"]}
    if plan.feature != "grade":
        return [mask]
    gains = zip("rgb", plan.data["wanted"]["gain"], strict=True)
    return [{"mlt_service": _GRADE, **{f"gain_{c}": part for c, part in gains}}, mask]


def _playlist(name: str, producer: str, first: int, count: int) -> ET.Element:
    found = ET.Element("playlist", {"id": name})
    span = {key: str(value) for key, value in _span(first, count).items()}
    ET.SubElement(found, "entry", {"producer": producer, **span})
    return found


def _tractor(plan: HostPlan, tracks: list[str], count: int) -> ET.Element:
    values: dict[str, object] = {
        "roto:feature": plan.feature,
        "roto:carrier": plan.carrier,
        "roto:first": plan.data["wanted"]["first"],
    }
    for number, loss in enumerate(plan.losses):
        values[f"roto:loss.{number}"] = loss.text
    found = _element("tractor", values, id="main", **_span(0, count))
    for track in tracks:
        ET.SubElement(found, "track", {"producer": track})
    for number in range(1, len(tracks)):
        blend = {"a_track": 0, "b_track": number, "mlt_service": BLEND}
        found.append(_element("transition", blend, **_span(0, count)))
    return found


def _read(root: ET.Element) -> HostPlan:
    tractor = _named(root, "tractor", "main")
    about = _properties(tractor)
    entry = _named(root, "playlist", "track1").findall("entry")[0]
    first, start = int(about["roto:first"]), int(entry.attrib["in"])
    last = first + int(entry.attrib["out"]) - start
    producers = [one for one in root.findall("producer") if one.attrib["id"] != "background"]
    filters = [one for producer in producers for one in producer.findall("filter")]
    masks = [one for one in filters if "roto:object" in _properties(one)]
    layers = [_layer(one) for one in masks]
    names = [layer["object"] for layer in layers]
    want: dict[str, Any] = {"first": first, "last": last, "objects": names}
    feature: Any = about["roto:feature"]
    if feature == "cutout":
        want["background"] = _background_of(root)
    if feature == "grade":
        grade = next(p for p in map(_properties, filters) if p["mlt_service"] == _GRADE)
        want["gain"] = [float(grade[f"gain_{channel}"]) for channel in "rgb"]
    plate = {**_plate_of(producers[0]), "in": start}
    canvas = _canvas_of(root.findall("profile")[0])
    data = {"wanted": want, "canvas": canvas, "plate": plate, "layers": layers}
    losses = tuple(Loss(text) for key, text in about.items() if key.startswith("roto:loss."))
    return HostPlan("mlt", feature, about["roto:carrier"], data, losses)


def _named(root: ET.Element, tag: str, name: str) -> ET.Element:
    return next(one for one in root.iter(tag) if one.attrib.get("id") == name)


def _properties(element: ET.Element) -> dict[str, str]:
    return {one.attrib["name"]: one.text or "" for one in element.findall("property")}


def _layer(element: ET.Element) -> dict[str, Any]:
    values = _properties(element)
    path, start = values["resource"], int(element.attrib["in"])
    return {"object": values["roto:object"], "mattes": path, "in": start}


def _background_of(root: ET.Element) -> dict[str, str]:
    values = _properties(_named(root, "producer", "background"))
    key = "colour" if values["mlt_service"] == "color" else "file"
    return {key: values["resource"]}


def _plate_of(element: ET.Element) -> dict[str, Any]:
    values = _properties(element)
    service, resource = values["mlt_service"], values["resource"]
    length = {"length": int(values["length"])}
    if service == "color":
        return {"kind": "colour", "colour": resource, **length}
    if service == "avformat":
        return {"kind": "movie", "path": resource, **length}
    path, _, begin = resource.rpartition("?begin=")
    found = {"kind": "sequence", "path": path, "begin": int(begin), **length}
    if "roto:made_of" in values:
        first = values.get("roto:made_first")
        found["made_of"] = values["roto:made_of"]
        found["made_first"] = None if first is None else int(first)
    return found


def _canvas_of(profile: ET.Element) -> dict[str, Any]:
    values = profile.attrib
    return {
        "width": int(values["width"]),
        "height": int(values["height"]),
        "pixel_aspect": f"{values['sample_aspect_num']}/{values['sample_aspect_den']}",
        "rate": f"{values['frame_rate_num']}/{values['frame_rate_den']}",
    }
