"""Masks as values: what an artist gave, how it is understood, stored and undone.

A mask file says nothing about what its numbers mean, so the rules are written
down once, here. A mask that fits no row is an error that says how to be explicit.

=============================================  ===========================================
given                                          understood as
=============================================  ===========================================
bool                                           one object, hard
float 0..1                                     one object, soft (beyond by 1/1000: clipped)
integers or gray file, largest value <= 1      one object, hard
integers or gray file, largest 255 or 65535    one object, soft: an anti-aliased mask is one
                                               object, not sixty-six
... where 255 meets labels 1..31 of larger     label map; 255 is DAVIS's "ignore" and becomes
area and no level lies in between              background, which ``notes`` says
integers or gray file, largest value 2..31     label map; ids are kept
integers or gray file, any other largest       MaskError: ambiguous
PNG with a coloured palette                    label map by palette index, 255 as above
PNG with a palette of grays only               as a gray file
JPEG                                           one object, soft: it cannot carry exact labels
RGB with R = G = B                             as gray
RGBA whose alpha varies                        one object, soft: the alpha
RGB of at most 20 colours                      label map on black; DAVIS/VOC colours get their
                                               DAVIS ids, others are named after the colour
RGB of more colours, all shades of one         one object, soft: the shade
RGB of more colours, otherwise                 MaskError: a picture, or several soft objects
EXR with named layers                          one soft object per layer (A, else Y, else RGB)
EXR without                                    as RGBA, RGB or gray float
EXR whose channels are all called otherwise    one soft object per channel, named after it;
                                               depth, motion and other data are none
``{"hero": mask, ...}``                        one named object each; silent about all others
``labels(mask)``, ``soft(mask)``               what the wrapper says
NaN, negative, another size than the plate     MaskError, MaskSizeError; never resized
no pixel set                                   allowed: the object is absent here
=============================================  ===========================================

An all-zero array may be a label map without objects or one absent object; it is
read as one absent object, and being ``complete`` it says that nothing is there.
"""

from roto.masks.key_mask import KeyMask, LabelMap, MaskLayer, Matte, check_matte
from roto.masks.palette import davis_palette, overlay_colour
from roto.masks.patch import MaskPatch
from roto.masks.reading import labels, read_mask, soft, suggest_name
from roto.masks.storage import pack_label_map, pack_matte, unpack_label_map, unpack_matte

__all__ = [
    "KeyMask",
    "LabelMap",
    "MaskLayer",
    "MaskPatch",
    "Matte",
    "check_matte",
    "davis_palette",
    "labels",
    "overlay_colour",
    "pack_label_map",
    "pack_matte",
    "read_mask",
    "soft",
    "suggest_name",
    "unpack_label_map",
    "unpack_matte",
]
