"""Packs recorded traces into samples/, without loss.

    python3 scripts/pack-samples.py DIRECTORY [samples]

DIRECTORY holds NAME.npz (counts int32 [steps, layers, experts], loss float32 [steps]) and NAME.json (what the run was).
Needs NumPy. How the files are packed is told in samples/README.md.
"""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np

NAMES = ["gpt-moe-125m-16e", "gpt-moe-small-8e-top1", "gpt-moe-small-64e-top6-lossfree"]

KEPT_FACTS = [
    "name", "steps", "n_layers", "n_experts", "top_k", "gate", "aux_loss_coef", "z_loss_coef", "lossfree_bias_rate",
    "shared_experts", "token_dropping", "moe_layers", "d_model", "n_heads", "d_ff_expert", "params_total", "seq_len",
    "tokens_per_step", "assignments_per_step_layer", "tokens_trained", "optimizer", "precision", "init", "seed", "gpu", "torch", "date",
]


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Like numpy.savez_compressed, but packed harder and with no clock in it: the same input gives the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, buffer.getvalue(), compress_type=zipfile.ZIP_DEFLATED, compresslevel=9)


def unpack(path: Path) -> np.ndarray:
    """As samples/README.md tells it."""
    z = np.load(path)
    some = z["low"].astype(np.int32) + 256 * z["high"].astype(np.int32)
    return np.concatenate([some, z["total"] - some.sum(1, keepdims=True)], 1).transpose(2, 0, 1)


def pack(source: Path, target: Path, name: str) -> None:
    recorded = np.load(source / f"{name}.npz")
    counts, loss = recorded["counts"], recorded["loss"]
    totals = np.unique(counts.sum(2))
    if len(totals) != 1 or counts.min() < 0 or counts.max() > 65535 or loss.dtype != np.float32:
        raise SystemExit(f"{name}: totals differ, or counts do not fit two bytes")
    series = counts[:, :, :-1].transpose(1, 2, 0)
    write_npz(target / f"{name}.npz", {
        "low": (series & 255).astype(np.uint8),
        "high": (series >> 8).astype(np.uint8),
        "total": np.array(totals[0], dtype=np.int32),
        "loss": loss,
    })
    if not np.array_equal(unpack(target / f"{name}.npz"), counts):
        raise SystemExit(f"{name}: unpacking does not give the counts back")

    run = json.loads((source / f"{name}.json").read_text())
    facts = {key: run[key] for key in KEPT_FACTS if key in run}
    facts["corpus"] = {key: run["corpus"][key] for key in ("description", "tokens", "documents", "tokenizer")}
    facts["counts_sha256"] = hashlib.sha256(counts.astype("<i4").tobytes()).hexdigest()
    facts["loss_sha256"] = hashlib.sha256(loss.astype("<f4").tobytes()).hexdigest()
    (target / f"{name}.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
    print(f"{name}: {(target / f'{name}.npz').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent.parent / "samples"
    for name in NAMES:
        pack(Path(sys.argv[1]), target, name)
