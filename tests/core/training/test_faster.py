"""The training's short cuts compute what the plain network does, forward and backward."""

from __future__ import annotations

import copy

import pytest
import torch
from small_engines import plate, tiny_network
from torch import nn

from roto.model.stcn import STCN, StcnConfig
from roto.train.faster import fold_for_training, quicken_depthwise, unfolded


def _answers(net):
    """Logits of one frame, and all gradients."""
    x = torch.from_numpy(plate(2)[:, :32, :48]).permute(0, 3, 1, 2) / 64 - 2
    net.eval().zero_grad()
    features = net.encode_image(x)
    masks = torch.linspace(0, 1, 2 * 32 * 48).reshape(2, 1, 32, 48)
    logits = net.decode(net.encode_value(x, features.f16, masks), features)
    logits.pow(2).sum().backward()
    return logits.detach(), {n: p.grad for n, p in net.named_parameters() if p.grad is not None}


def test_folding_and_unfolding_change_no_output():
    plain = tiny_network()
    folded = copy.deepcopy(plain)
    fold_for_training(folded)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in folded.modules())
    assert all(p.requires_grad for p in folded.parameters())
    again = unfolded(folded)
    assert again.state_dict().keys() == plain.state_dict().keys()
    expected = _answers(plain)[0]
    assert torch.allclose(_answers(folded)[0], expected, rtol=1e-3, atol=1e-3)
    assert torch.allclose(_answers(again)[0], expected, rtol=1e-3, atol=1e-3)


def test_the_published_network_folds_as_well():
    torch.manual_seed(0)
    plain = STCN(StcnConfig(key_width=16, value_width=16, thin_width=16, decoder_widths=(16,) * 3))
    folded = copy.deepcopy(plain)
    fold_for_training(folded)
    again = unfolded(folded).eval()
    x = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        features, others = plain.eval().encode_image(x), again.encode_image(x)
        assert torch.allclose(features.key, others.key, atol=1e-4)
        values = [n.encode_value(x, features.f16, x[:, :1]) for n in (plain, again)]
    assert torch.allclose(*values, atol=1e-4)


def test_quick_depthwise_convolutions_have_the_same_gradients():
    folded = tiny_network()
    fold_for_training(folded)
    quick = copy.deepcopy(folded)
    quicken_depthwise(quick)
    changed = [m for m in quick.modules() if type(m) is not nn.Conv2d and isinstance(m, nn.Conv2d)]
    assert len(changed) == 9  # 3 + 3 strided ones before stride 16, 3 dilated ones
    (logits, gradients), (others, quick_gradients) = _answers(folded), _answers(quick)
    assert torch.allclose(logits, others, rtol=1e-4, atol=1e-4)
    assert gradients.keys() == quick_gradients.keys()
    for name, gradient in gradients.items():
        scale = float(gradient.abs().max()) + 1e-6
        assert torch.allclose(gradient, quick_gradients[name], atol=1e-3 * scale), name


@pytest.mark.parametrize("size", [(15, 15), (16, 24), (9, 14)])
def test_any_size_will_do(size):
    for stride, dilation in ((2, 1), (1, 2)):
        conv = nn.Conv2d(4, 4, 3, stride, dilation, dilation, groups=4)
        x = torch.randn(2, 4, *size, requires_grad=True)
        expected = conv(x)
        wanted = torch.autograd.grad(expected.pow(2).sum(), [x, *conv.parameters()])
        holder = nn.Sequential(conv)
        quicken_depthwise(holder)
        result = holder(x)
        assert type(conv) is not nn.Conv2d
        assert torch.allclose(result, expected, atol=1e-5)
        found = torch.autograd.grad(result.pow(2).sum(), [x, *conv.parameters()])
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(found, wanted, strict=True))
