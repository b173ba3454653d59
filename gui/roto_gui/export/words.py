"""What formats are called, what they are for, and why something cannot be had of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from roto_gui.export.offers import LABELS, PROJECT

if TYPE_CHECKING:
    from roto.export.contract import Content
    from roto.media.source import ColourSpace
    from roto_gui.export.choices import Choices
    from roto_gui.export.offers import Group, Offer


def group_title(group: Group) -> str:
    """The heading of a group of formats."""
    return {
        "still": _tr("Stills"),
        "exr": _tr("EXR"),
        "movie": _tr("Movies"),
        "package": _tr("For other programs"),
    }[group]


def title(offer: Offer) -> str:
    """What a format is called in the list."""
    named = {
        "png": _tr("PNG"),
        "tiff": _tr("TIFF"),
        "labels": _tr("Label map (PNG)"),
        "exr": _tr("EXR, a file per object"),
        "exr-layers": _tr("EXR, a layer per object"),
        "exr-parts": _tr("EXR, a part per object"),
        "cryptomatte": _tr("Cryptomatte (EXR)"),
        "prores-4444": _tr("ProRes 4444 (.mov)"),
        "qt-animation": _tr("QuickTime Animation (.mov)"),
        "png-mov": _tr("PNG in QuickTime (.mov)"),
        "ffv1": _tr("FFV1 (.mkv)"),
        "vp9": _tr("VP9 (.webm)"),
        "fill-key": _tr("Fill and key, ProRes 422 HQ (.mov)"),
        "package": _tr("Package with matte.json"),
        "project": _tr("Project of another program"),
    }
    return named.get(offer.name) or (offer.format.title if offer.format else offer.name)


def purpose(offer: Offer) -> str:
    """What a format is for, in a sentence; empty where nothing is known of it."""
    return {
        "png": _tr("Read everywhere."),
        "tiff": _tr("Read everywhere; its tags say what alpha is."),
        "labels": _tr("One picture per frame in which every pixel has its object's number."),
        "exr": _tr("For compositing: floats, nothing is quantised to steps."),
        "exr-layers": _tr("For compositing: one file per frame, each object in a layer."),
        "exr-parts": _tr("For compositing: one file per frame, each object in a part."),
        "cryptomatte": _tr("For compositing: objects are picked by their names."),
        "prores-4444": _tr(
            "For grading and editing. Some programs ignore its alpha, or take it for "
            "premultiplied: a matte alone is grey as well."
        ),
        "qt-animation": _tr("The movie whose alpha most programs read right."),
        "png-mov": _tr("16 bits in QuickTime, without loss; large."),
        "ffv1": _tr("For archives, without loss."),
        "vp9": _tr("For the web; alpha of cut-outs is compressed."),
        "fill-key": _tr("For programs without alpha: two movies per object, colours and matte."),
        "package": _tr(
            "A folder that other programs are set up from: mattes, and a file that says "
            "everything about them."
        ),
        "project": _tr(
            "Opened there it shows the plate with its mattes; they are in a package beside it."
        ),
    }.get(offer.name, "")


def content_title(content: Content) -> str:
    """What is in the pixels."""
    return {
        "matte": _tr("Matte alone"),
        "cutout": _tr("Cut-out: the plate with alpha"),
        "over": _tr("The plate over a colour"),
    }[content]


def no_content(offer: Offer) -> str:
    """Why a format does not hold a content."""
    if offer.name == LABELS:
        return _tr("A label map holds numbers, no pictures.")
    if offer.name == "fill-key":
        return _tr("Fill and key are the two halves of a cut-out: without alpha, take ProRes.")
    if offer.name == "cryptomatte":
        return _tr("A Cryptomatte holds coverage, no colours.")
    return _tr(
        "With all objects in one file there is no picture over a colour: take a file per object."
    )


def feature_title(feature: str) -> str:
    """What is seen in a project."""
    return {
        "cutout": _tr("Cut-out over a colour"),
        "grade": _tr("Plate, at half brightness inside the mattes"),
        "alpha": _tr("Mattes, white on black"),
    }.get(feature, feature)


def no_feature() -> str:
    """Why something cannot be seen in a project."""
    return _tr("This program cannot show that.")


def no_alpha(choices: Choices) -> str:
    """Why cut-outs cannot be premultiplied, or straight; empty where they can be either."""
    if choices.content_now == "matte":
        return _tr("Only a cut-out is straight or premultiplied: a matte has no colours.")
    if choices.content_now == "over":
        return _tr("The plate over a colour has no alpha.")
    if len(choices.offer.premultiplied) == 1:
        text = _tr("Cut-outs of this format are straight: {format}.")
        return text.format(format=title(choices.offer))
    return ""


def no_depth(offer: Offer) -> str:
    """Why another number of bits cannot be had."""
    if offer.name == LABELS:
        return _tr("A label map has 8 bits: numbers from 0 to 255.")
    bits = _listed([str(bits) for bits in sorted(offer.depths)])
    return _tr("{format} has {bits} bits.").format(format=title(offer), bits=bits)


def depth_title(offer: Offer, bits: int) -> str:
    """Bits per channel as people call them."""
    if bits == 32:
        return _tr("32 bit float")
    if bits == 16 and offer.floating:
        return _tr("16 bit half float")
    return _tr("{n} bit").format(n=bits)


def numbers(choices: Choices, space: ColourSpace) -> str:
    """What a pixel's value will mean.

    Args:
        choices: What is written.
        space: Of the plate.
    """
    content = choices.content_now
    if choices.format == PROJECT:
        return _tr("The plate stays where it is; the project and its package belong together.")
    if choices.format == LABELS:
        return _tr(
            "Indexed PNG: a pixel has its object's number, 0 is background. Hard edges, no alpha."
        )
    if content == "matte":
        plain = _tr("Linear and straight: no gamma, nothing premultiplied.")
        return f"{_matte(choices)} {plain}"
    light = _light(choices.offer, space)
    if content == "over":
        return _tr("The plate over the colour, without alpha.") + " " + light
    alpha = _tr("Straight: colours as they are, also where alpha is 0.")
    if choices.premultiplied:
        alpha = _tr("Premultiplied: colours are multiplied by alpha.")
    what = _tr("Red, green, blue and alpha.")
    if choices.format == "fill-key":
        what = _tr("Colours in .fill, alpha as grey in .key.")
    return f"{what} {alpha} {light}"


def _matte(choices: Choices) -> str:
    known = {
        "exr-layers": _tr("Channel NAME.A for each object: alpha from 0 to 1."),
        "exr-parts": _tr("A part with channel NAME.A for each object: alpha from 0 to 1."),
        "cryptomatte": _tr("Coverage from 0 to 1 by object; where mattes overlap it is shared."),
        "fill-key": _tr("The key alone: alpha as grey, 10 bit."),
        "package": _tr("Channel Y of an EXR per object: alpha from 0 to 1 in half floats."),
    }
    if choices.format in known:
        return known[choices.format]
    if choices.format == "exr":
        if choices.depth == 32:
            return _tr("Channel Y: alpha from 0 to 1, exactly as roto has it.")
        return _tr("Channel Y: alpha from 0 to 1 in half floats.")
    if choices.offer.movie and choices.format != "ffv1":
        return _tr("Grey and alpha are the same: take the matte from either.")
    if choices.depth == 32:
        return _tr("Grey: alpha from 0 to 1, exactly as roto has it.")
    if choices.depth == 16:
        return _tr("Grey: alpha in 65,536 steps from 0 to 65,535.")
    return _tr("Grey: alpha in 256 steps from 0 to 255.")


def _light(offer: Offer, space: ColourSpace) -> str:
    """What colours mean, and how they came from the plate."""
    linear = offer.extension == ".exr"
    if linear and space == "display":
        return _tr("Linear light, from the plate by the sRGB curve.")
    if linear:
        return _tr("Linear light, as in the plate.")
    if space == "linear":
        return _tr("Display colours (sRGB), from the plate's linear light, clipped to 0..1.")
    return _tr("Display colours, as in the plate.")


def _listed(parts: list[str]) -> str:
    """``8, 16 or 32``."""
    if len(parts) < 2:
        return "".join(parts)
    return _tr("{list} or {last}").format(list=", ".join(parts[:-1]), last=parts[-1])


def _tr(text: str) -> str:
    return QCoreApplication.translate("Export", text)
