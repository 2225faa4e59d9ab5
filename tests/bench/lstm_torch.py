"""The same training steps in PyTorch, as fast as it takes them: what the fused engine is measured against.

    python3 tests/bench/lstm_torch.py [--budget SECONDS]

Milliseconds a step, medians, by shape, with TF32 off and on: nn.LSTM (cuDNN) as people write it and in a CUDA graph,
and a step batched over the models without autograd, with compiled pointwise parts, in a CUDA graph.
"""
import argparse
import json
import statistics
import time

import torch
from torch import nn

# B windows of T bins, F inputs, H hidden units, M models; S statics and a tanh layer of H units where S > 0.
SHAPES = [
    (64, 32, 8, 32, 1, 0), (256, 64, 16, 64, 1, 0), (256, 128, 16, 128, 1, 0),
    (256, 64, 16, 64, 12, 0), (64, 64, 16, 64, 192, 0), (256, 64, 64, 128, 12, 0),
    (256, 10, 1, 16, 1, 9), (256, 10, 1, 16, 12, 9), (256, 10, 1, 16, 192, 9),
]
STEPS = 2048
CUDA = torch.cuda.is_available()
DEVICE = 'cuda' if CUDA else 'cpu'


def sync():
    if CUDA:
        torch.cuda.synchronize()


def allow_tf32(on):
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on


def median_ms(step, block=0.1, blocks=5, warm=3):
    for _ in range(warm):
        step()
    sync()
    began = time.perf_counter()
    step()
    sync()
    count = max(1, min(400, int(block / max(time.perf_counter() - began, 1e-6))))
    times = []
    for _ in range(blocks):
        sync()
        began = time.perf_counter()
        for _ in range(count):
            step()
        sync()
        times.append((time.perf_counter() - began) / count * 1e3)
        if sum(times) * count > 8e3:
            break
    return statistics.median(times)


def graphed(step, warm=3):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(warm):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    sync()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def traces(count, inputs):
    t = torch.arange(STEPS, device=DEVICE, dtype=torch.float32)
    frequency = (torch.arange(inputs, device=DEVICE) % 7 + 1).float() * 0.07
    return torch.stack([torch.sin(t[:, None] * frequency + i) + 0.3 * (torch.rand(STEPS, inputs, device=DEVICE) - 0.5) for i in range(count)])


class Net(nn.Module):
    def __init__(self, inputs, hidden, statics):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, batch_first=True)
        self.dense = nn.Linear(hidden + statics, hidden) if statics else None
        self.head = nn.Linear(hidden, inputs)

    def forward(self, windows, statics):
        h, _ = self.lstm(windows)
        last = h[:, -1]
        return self.head(torch.tanh(self.dense(torch.cat([last, statics], 1))) if self.dense else last)


def library_step(B, T, F, H, S, trace):
    net = Net(F, H, S).to(DEVICE)
    parameters = list(net.parameters())
    optimiser = torch.optim.Adam(parameters, lr=1e-3, eps=1e-8, fused=CUDA, capturable=CUDA)
    ahead = torch.arange(T + 1, device=DEVICE)
    statics = torch.rand(STEPS, max(S, 1), device=DEVICE)
    loss_of = nn.functional.l1_loss if S else nn.functional.mse_loss

    def step():
        start = torch.randint(0, STEPS - T - 1, (B, 1), device=DEVICE)
        window = trace[start + ahead]
        if parameters[0].grad is not None:
            optimiser.zero_grad(set_to_none=False)
        loss_of(net(window[:, :T], statics[start[:, 0]]), window[:, T]).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0, foreach=True)
        optimiser.step()
    return step


def gates(z, c):
    i, f, g, o = z.chunk(4, -1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    cell = f * c + i * g
    return torch.cat([i, f, g, o], -1), cell, o * torch.tanh(cell)


def slopes(a, c, before, dh, dc):
    i, f, g, o = a.chunk(4, -1)
    t = torch.tanh(c)
    d = dc + dh * o * (1 - t * t)
    return torch.cat([d * g * i * (1 - i), d * before * f * (1 - f), d * i * (1 - g * g), dh * t * o * (1 - o)], -1), d * f


def batched_step(B, T, F, H, M, S, trace):
    """All models in one step, gradients written out: products batched over models, matrix gradients over all bins at once."""
    forward, backward = (torch.compile(one, dynamic=False) for one in (gates, slopes)) if CUDA else (gates, slopes)
    G = 4 * H
    last = H if S else 0
    shapes = [(F, G), (H, G), (1, G), *([(H + S, H), (1, H)] if S else []), (H, F), (1, F)]
    weights = [torch.randn(M, *shape, device=DEVICE) * 0.1 for shape in shapes]
    kernel, recurrent, bias = weights[:3]
    out, out_bias = weights[-2:]
    optimiser = torch.optim.Adam(weights, lr=1e-3, eps=1e-8, fused=CUDA, capturable=CUDA)
    ahead = torch.arange(T + 1, device=DEVICE)
    layer = (torch.arange(M, device=DEVICE) % trace.shape[0])[:, None, None]
    statics = torch.rand(STEPS, max(S, 1), device=DEVICE)
    hs = torch.zeros(T + 1, M, B, H, device=DEVICE)
    cs = torch.zeros(T + 1, M, B, H, device=DEVICE)
    dz = torch.empty(M, T, B, G, device=DEVICE)
    kept = [None] * T

    @torch.no_grad()
    def step():
        start = torch.randint(0, STEPS - T - 1, (M, 1, B), device=DEVICE)
        window = trace[layer, start + ahead[None, :, None]]
        x, y = window[:, :T].reshape(M, T * B, F), window[:, T]
        zx = torch.baddbmm(bias, x, kernel).view(M, T, B, G)
        for t in range(T):
            a, c, h = forward(torch.baddbmm(zx[:, t], hs[t], recurrent), cs[t])
            kept[t] = a
            cs[t + 1].copy_(c)
            hs[t + 1].copy_(h)
        if last:
            joined = torch.cat([hs[T], statics[start[:, 0]]], 2)
            head = torch.tanh(torch.baddbmm(weights[4], joined, weights[3]))
        else:
            head = hs[T]
        error = torch.baddbmm(out_bias, head, out) - y
        dy = error.sign() / (B * F) if S else error * (2.0 / (B * F))
        gradients = [torch.bmm(head.transpose(1, 2), dy), dy.sum(1, keepdim=True)]
        dh = torch.bmm(dy, out.transpose(1, 2))
        if last:
            da = dh * (1 - head * head)
            gradients = [torch.bmm(joined.transpose(1, 2), da), da.sum(1, keepdim=True), *gradients]
            dh = torch.bmm(da, weights[3].transpose(1, 2))[..., :H].contiguous()
        dc = torch.zeros_like(dh)
        for t in range(T - 1, -1, -1):
            d, dc = backward(kept[t], cs[t + 1], cs[t], dh, dc)
            dz[:, t].copy_(d)
            if t:
                dh = torch.bmm(d, recurrent.transpose(1, 2))
        flat = dz.view(M, T * B, G)
        before = hs[:T].permute(1, 3, 0, 2).reshape(M, H, T * B)
        gradients = [torch.bmm(x.transpose(1, 2), flat), torch.bmm(before, flat), flat.sum(1, keepdim=True), *gradients]
        norm = torch.sqrt(sum((g * g).sum((1, 2), keepdim=True) for g in gradients))
        scale = torch.clamp(1.0 / norm.clamp_min(1e-30), max=1.0)
        for weight, gradient in zip(weights, gradients):
            weight.grad = gradient * scale
        optimiser.step()
    return step


def measured(name, make):
    try:
        ms = median_ms(make())
        print(f'    {name:<34} {ms:9.4f} ms', flush=True)
        return ms
    except Exception as error:  # One way that does not run must not end the others.
        print(f'    {name}: {type(error).__name__} {str(error)[:200]}', flush=True)
        return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--budget', type=float, default=240)
    until = time.time() + parser.parse_args().budget
    print('torch', torch.__version__, torch.cuda.get_device_name() if CUDA else 'cpu', flush=True)
    torch._dynamo.config.recompile_limit = 256
    results = []
    for B, T, F, H, M, S in SHAPES:
        print(f'B {B}, T {T}, F {F}, H {H}, M {M}' + (f', S {S}, tanh' if S else ''), flush=True)
        trace = traces(min(M, 12), F)
        found = {}
        for tf32 in (False, True):
            allow_tf32(tf32)
            kind = 'TF32' if tf32 else 'fp32'
            if time.time() > until:
                continue
            if M <= 12:
                alone = [library_step(B, T, F, H, S, trace[m % len(trace)]) for m in range(M)]
                loop = lambda alone=alone: [step() for step in alone]
                if not tf32:
                    found['eager'] = measured('nn.LSTM as written', lambda: loop)
                if CUDA:
                    found[f'graph {kind}'] = measured(f'nn.LSTM in a CUDA graph, {kind}', lambda: graphed(loop))
            if CUDA:
                found[f'batched {kind}'] = measured(f'batched in a CUDA graph, {kind}', lambda: graphed(batched_step(B, T, F, H, M, S, trace)))
                torch.cuda.empty_cache()
            else:
                found['batched'] = measured('batched', lambda: batched_step(B, T, F, H, M, S, trace))
        known = [ms for name, ms in found.items() if ms and 'TF32' not in name]
        if known:
            print(f'    best fp32 {min(known):.4f} ms', flush=True)
        results.append({'shape': [B, T, F, H, M, S], **found})
    print('JSON ' + json.dumps(results))


if __name__ == "__main__":
    main()
