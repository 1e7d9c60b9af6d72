"""Forward and backward pass of attention on the CPU: PyTorch's fused kernel against products (engine/backbones/attention.py).

    python tests/bench/bench_attention.py [--threads 1 2]

Least milliseconds of eight passes, the two taken in turns. `attend` takes products in bf16 alone.
"""

from __future__ import annotations

import argparse
import time

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch
import torch.nn.functional as F

from engine.backbones.attention import by_products

# Images, heads, tokens, width of a head; causal: CLIP's captions, ViTs at 32 px with patches of 8, 4, and 64 px with patches of 6.
SHAPES = (((256, 4, 14, 16), True), ((256, 3, 17, 64), False), ((256, 3, 65, 64), False), ((64, 3, 101, 64), False))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    threads: list[int] = parser.parse_args().threads
    print(f"{'images, heads, tokens, width':<30}{'precision':>10}{'threads':>9}{'fused ms':>10}{'products ms':>13}{'ratio':>7}")
    for shape, causal in SHAPES:
        for dtype in (torch.float32, torch.bfloat16):
            for count in threads:
                torch.set_num_threads(count)
                q, k, v = (torch.randn(shape).to(dtype).requires_grad_() for _ in range(3))
                fused, products = [], []
                for _ in range(8):
                    fused.append(_seconds(F.scaled_dot_product_attention, q, k, v, is_causal=causal))
                    products.append(_seconds(by_products, q, k, v, causal=causal))
                first, second = 1000.0 * min(fused), 1000.0 * min(products)
                name = "bf16" if dtype == torch.bfloat16 else "fp32"
                print(f"{shape!s:<30}{name:>10}{count:>9}{first:>10.1f}{second:>13.1f}{first / second:>7.1f}", flush=True)


def _seconds(function, *inputs, **options) -> float:  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    out = function(*inputs, **options)
    out.backward(torch.ones_like(out))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
