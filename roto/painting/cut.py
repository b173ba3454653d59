"""Divides a small picture into object and the rest, from a few pixels that are known.

Three sources speak: how far a pixel is from what is known, over the weakest edges in between;
how common its colour is on either side; and the picture's edges, where the border should be.

Sources, cited below by year:
    [2001] Y. Boykov and M.-P. Jolly, "Interactive Graph Cuts for Optimal Boundary and Region
           Segmentation of Objects in N-D Images", ICCV 2001: colours, borders, and their sum.
    [2004] C. Rother, V. Kolmogorov and A. Blake, "GrabCut: Interactive Foreground Extraction using
           Iterated Graph Cuts", SIGGRAPH 2004: the last step.
    [2006] T. Chan, S. Esedoglu and M. Nikolova, "Algorithms for Finding Global Minimizers of Image
           Segmentation and Denoising Models", SIAM Journal on Applied Mathematics 66, 2006: a
           minimal cut is a convex problem, whose solution is cut at one half.
    [2008] A. Criminisi, T. Sharp and A. Blake, "GeoS: Geodesic Image Segmentation", ECCV 2008: the
           cheapest ways by sweeps over the picture.
    [2011] A. Chambolle and T. Pock, "A First-Order Primal-Dual Algorithm for Convex Problems with
           Applications to Imaging", Journal of Mathematical Imaging and Vision 40, 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from roto.painting.boxes import Mask

Picture = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float32]

FAR = 1e6
BINS = 16
STEP = 1.5
"""What a step of one pixel costs, in units of colour difference (Lab, 8 bits)."""
BORDER = 2.0
"""What a border costs per pixel of its length where the picture shows no edge."""
HABIT = 0.5
"""How much a pixel would rather stay what it was, in log-odds."""
SEED = 7
CROSS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of a small picture before it is divided, each (h, w) bool.

    Attributes:
        inside: Surely the object.
        outside: Surely not.
        edge: Sides of the crop beyond which there is more picture.
        prior: The mask so far; None where the object is found for the first time.
        likely: Taken for the object to begin with; for boxes, where nothing is sure.
    """

    inside: Mask
    outside: Mask
    edge: Mask
    prior: Mask | None = None
    likely: Mask | None = None

    @property
    def roots(self) -> Mask:
        """What a piece must touch to be of the object."""
        roots: Mask = self.inside.copy()
        for other in (self.prior, self.likely):
            if other is not None:
                roots |= other
        return np.asarray(roots & ~self.outside, bool)


def divide(picture: Picture, known: Known) -> Mask:
    """The object's pixels.

    Args:
        picture: (h, w, 3) uint8 RGB; meant for some 128 by 128 pixels.
        known: At least one pixel of it inside, likely or prior.
    """
    colours = cv2.bilateralFilter(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), 5, 30, 3)
    features = np.asarray(colours, np.float32)
    outside = known.outside | (known.edge & ~known.inside & ~_prior(known))
    near, far = _ways(features, _seeds(known, outside))
    way = 2 * HABIT * np.log((near + 10) / (far + 10))
    if known.prior is not None:
        way += np.where(known.prior, -HABIT, HABIT)
    way[known.inside] = -100
    way[outside] = 100
    weights = _border_costs(features)
    bins = _binned(features)
    mask, share = near < far, None
    for _ in range(2):
        evidence = np.asarray(way + _colour_odds(bins, mask, known), np.float32)
        share = _cut(evidence, *weights, share)
        mask = _rooted(share > 0.5, known.roots)
    return _rooted(_grab(picture, mask, known.inside, outside), known.roots)


def _prior(known: Known) -> Mask:
    return np.zeros_like(known.inside) if known.prior is None else known.prior


def _seeds(known: Known, outside: Mask) -> Reals:
    """Where the ways to the object and to the rest begin, and with what cost: (2, h, w)."""
    seeds = np.full((2, *outside.shape), FAR, np.float32)
    rim = np.ones(outside.shape, bool)
    rim[1:-1, 1:-1] = False
    # The picture's own border is less surely outside than where the crop ends.
    seeds[1][rim & ~_prior(known) & ~known.inside] = FAR if known.prior is not None else 40
    if known.prior is not None:
        seeds[1][rim & ~known.prior & ~known.inside] = 0
        core = cv2.erode(known.prior.view(np.uint8), CROSS, iterations=2) > 0
        seeds[0][core] = 20
        seeds[0][rim & known.prior] = 0
    if known.likely is not None:
        seeds[0][known.likely] = 20
    seeds[0][known.inside], seeds[1][known.inside] = 0, FAR
    seeds[0][known.outside], seeds[1][outside] = FAR, 0
    return seeds


def _ways(features: Reals, seeds: Reals) -> Reals:
    """The cheapest way from any seed to each pixel, (k, h, w), by sweeps as in [2008].

    Down, up, right, left, and all of it twice.
    """
    costs = _step_costs(features)
    mirrored = _step_costs(np.ascontiguousarray(features.transpose(1, 0, 2)))
    ways = seeds
    for _ in range(2):
        ways = _swept(ways, *costs)
        ways = np.ascontiguousarray(ways.transpose(0, 2, 1))
        ways = np.ascontiguousarray(_swept(ways, *mirrored).transpose(0, 2, 1))
    return ways


def _step_costs(features: Reals) -> tuple[Reals, Reals, Reals]:
    """Of a step to the next row: straight, to the right, to the left."""

    def cost(a: Reals, b: Reals, length: float) -> Reals:
        squared = ((a - b) ** 2).sum(axis=-1)
        return np.asarray(np.sqrt(squared) + STEP * length, np.float32)

    upper, lower = features[:-1], features[1:]
    return (
        cost(lower, upper, 1.0),
        cost(lower[:, 1:], upper[:, :-1], 1.414),
        cost(lower[:, :-1], upper[:, 1:], 1.414),
    )


def _swept(ways: Reals, straight: Reals, right: Reals, left: Reals) -> Reals:
    ways = ways.copy()
    for i in range(1, ways.shape[1]):
        above, here = ways[:, i - 1], ways[:, i]
        np.minimum(here, above + straight[i - 1], out=here)
        np.minimum(here[:, 1:], above[:, :-1] + right[i - 1], out=here[:, 1:])
        np.minimum(here[:, :-1], above[:, 1:] + left[i - 1], out=here[:, :-1])
    for i in range(ways.shape[1] - 2, -1, -1):
        below, here = ways[:, i + 1], ways[:, i]
        np.minimum(here, below + straight[i], out=here)
        np.minimum(here[:, :-1], below[:, 1:] + right[i], out=here[:, :-1])
        np.minimum(here[:, 1:], below[:, :-1] + left[i], out=here[:, 1:])
    return ways


def _binned(features: Reals) -> npt.NDArray[np.intp]:
    """The colour bin of each pixel: lightness coarser than the two axes of colour."""
    light = features[..., 0] * (0.6 * BINS / 256)
    chroma = np.clip((features[..., 1:] - 128) * (BINS / 110) + BINS / 2, 0, BINS - 1)
    first, second = (chroma[..., i].astype(np.intp) for i in (0, 1))
    return np.asarray((light.astype(np.intp) * BINS + first) * BINS + second, np.intp)


def _histogram(bins: npt.NDArray[np.intp], mask: Mask) -> Reals:
    """Share of the mask's pixels per colour, blurred by one bin."""
    counts = np.bincount(bins[mask], minlength=BINS**3).astype(np.float32)
    cube: Reals = counts.reshape((BINS,) * 3)
    for _ in range(3):
        padded = np.pad(cube, ((1, 1), (0, 0), (0, 0)))
        blurred = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
        cube = np.moveaxis(np.asarray(blurred, np.float32), 0, 2)
    return np.asarray(cube.ravel() / max(float(cube.sum()), 1.0), np.float32)


def _colour_odds(bins: npt.NDArray[np.intp], mask: Mask, known: Known) -> Reals:
    """Log-odds against the object by colour, within 3; the evidence of [2001]."""
    inside = _histogram(bins, mask)
    outside = _histogram(bins, ~mask & ~known.inside)
    if known.inside.any():
        inside = 0.5 * inside + 0.5 * _histogram(bins, known.inside)
    if known.outside.any():
        outside = 0.6 * outside + 0.4 * _histogram(bins, known.outside)
    odds = np.log((outside + 2e-4) / (inside + 2e-4))
    return np.asarray(np.clip(odds, -3, 3)[bins], np.float32)


def _border_costs(features: Reals) -> tuple[Reals, Reals]:
    """Of a border between a pixel and the next, to the right and below: little at edges [2001]."""
    costs = []
    for axis in (1, 0):
        squared = (np.diff(features, axis=axis) ** 2).sum(axis=-1)
        cost = BORDER * (np.exp(-squared / (2 * float(squared.mean()) + 1e-3)) + 0.02)
        pad = [(0, 0), (0, 0)]
        pad[axis] = (0, 1)
        costs.append(np.pad(cost, pad).astype(np.float32))
    return costs[0], costs[1]


def _cut(evidence: Reals, right: Reals, below: Reals, start: Reals | None) -> Reals:
    """The cheapest division, (h, w) in [0, 1]: evidence within plus costs along the border.

    A minimal cut as a convex problem [2006], by the primal-dual steps of [2011].
    """
    share = np.asarray(evidence < 0, np.float32) if start is None else start
    ahead = share
    x, y = np.zeros_like(share), np.zeros_like(share)
    rate = np.float32(0.35)
    for _ in range(80):
        x[:, :-1] += rate * (ahead[:, 1:] - ahead[:, :-1])
        y[:-1] += rate * (ahead[1:] - ahead[:-1])
        np.clip(x, -right, right, out=x)
        np.clip(y, -below, below, out=y)
        flow = x + y - evidence
        flow[:, 1:] -= x[:, :-1]
        flow[1:] -= y[:-1]
        following = np.clip(share + rate * flow, 0, 1)
        ahead = 2 * following - share
        share = following
    return share


def _rooted(mask: Mask, roots: Mask) -> Mask:
    """The pieces of a mask that touch the roots."""
    count, labels = cv2.connectedComponents(mask.view(np.uint8), None, 4, cv2.CV_32S)
    keep = np.zeros(count, bool)
    keep[np.asarray(labels)[roots & mask]] = True
    keep[0] = False
    return np.asarray(keep[labels], bool)


def _grab(picture: Picture, mask: Mask, inside: Mask, outside: Mask) -> Mask:
    """GrabCut [2004] in a narrow band along the border, everything else being known."""
    thick = mask.view(np.uint8)
    labels = np.where(mask, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.erode(thick, CROSS, iterations=2) > 0] = cv2.GC_FGD
    labels[cv2.dilate(thick, CROSS, iterations=2) == 0] = cv2.GC_BGD
    labels[inside] = cv2.GC_FGD
    labels[outside & ~inside] = cv2.GC_BGD
    object_like, other = labels & 1 == 1, labels & 1 == 0
    if not (object_like.any() and other.any()):
        return mask
    cv2.setRNGSeed(SEED)
    other_model, model = np.zeros((1, 65)), np.zeros((1, 65))
    nowhere = (0, 0, 0, 0)  # the labels say where
    cv2.grabCut(picture, labels, nowhere, other_model, model, 1, cv2.GC_INIT_WITH_MASK)
    return np.asarray((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD), bool)
