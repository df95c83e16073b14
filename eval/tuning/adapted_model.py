"""A sentence-transformers model with a low-rank adapter in it whose numbers are learnt.

Source:
    Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from eval.tuning.losses import Vectors
from index.adapter import (
    Adapter,
    Layer,
    merge,
    read_adapter,
    read_emphasis,
    side_by_side,
    weights_digest,
)
from index.arrays import Floats
from index.encoder_export import quiet_libraries
from index.model_source import ModelSource

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from torch import Tensor
    from transformers import PreTrainedModel


# The emphasis has to grow until its inner product with a vector of unit length is about 1, which
# makes a weight some three times as large. At the adapter's own rate it would come to a few
# hundredths before the training is over.
_EMPHASIS_HASTE = 100


class Encoded(NamedTuple):
    """What the model makes of n texts of up to t tokens."""

    vectors: Vectors
    ids: Tensor
    """(n, t) int64: the tokens."""
    starts: Tensor
    """(n, t) int64: where each token starts in its text, in code points."""


class AdaptedModel:
    """A model that stays as it is, and an adapter that does not."""

    def __init__(self, source: ModelSource, *, rank: int, alpha: int) -> None:
        """Load a model and put an adapter with its first values into it.

        Args:
            source: The model, and the adapter that the new one is to go on from.
            rank: Of the new adapter's matrices.
            alpha: What they add is multiplied by alpha / rank.

        Raises:
            DamagedAdapter: If the adapter to go on from is none.
            UnsuitableAdapter: If that was trained on another model.
        """
        import torch
        from sentence_transformers import SentenceTransformer

        with quiet_libraries():
            loaded = SentenceTransformer(source.location, device="cpu")
        self._tokenizer: Any = loaded.tokenizer
        self._longest = loaded.max_seq_length
        transformer: Any = loaded[0].auto_model
        self.base = weights_digest(transformer)
        self.start = source.adapter
        if self.start is not None:
            merge(transformer, self.start)
        self.emphasis = torch.nn.Parameter(
            torch.from_numpy(_first_emphasis(self.start, int(transformer.config.hidden_size)))
        )
        """(d,): what is learnt of the weights of a question's tokens."""
        self.transformer: PeftModel = _with_adapter(transformer, rank, alpha)
        # Without dropout: half as fast again, and a run that goes on from a checkpoint is the same.
        self.transformer.eval()

    def encode(self, texts: Sequence[str], *, longest: int) -> Encoded:
        """Encode texts; what is beyond so many tokens is cut off."""
        import torch

        made = self._tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=min(longest, self._longest or longest),
            return_tensors="pt",
            return_special_tokens_mask=True,
            return_offsets_mapping=True,
        )
        ids, mask = made["input_ids"], made["attention_mask"]
        states = self.transformer(input_ids=ids, attention_mask=mask).last_hidden_state
        unit = torch.nn.functional.normalize
        vectors = Vectors(
            pooled=unit((states * mask[:, :, None]).sum(dim=1), dim=1),
            tokens=unit(states, dim=2),
            real=(made["special_tokens_mask"] == 0) & (mask == 1),
        )
        return Encoded(vectors, ids, made["offset_mapping"][:, :, 0])

    def parameters(self) -> list[torch.nn.Parameter]:
        """Give all that is learnt."""
        return [*self._adapter(), self.emphasis]

    def groups(self, rate: float) -> list[dict[str, Any]]:
        """Give all that is learnt in an optimizer's groups, the adapter at so high a rate."""
        return [
            {"params": self._adapter(), "lr": rate},
            {"params": [self.emphasis], "lr": _EMPHASIS_HASTE * rate},
        ]

    def _adapter(self) -> list[torch.nn.Parameter]:
        return [one for one in self.transformer.parameters() if one.requires_grad]

    def layers(self) -> dict[str, Layer]:
        """Give the matrices by the names of the layers that they change.

        Those of the adapter that this one goes on from are among them, so that one file does what
        both do.
        """
        begun = {} if self.start is None else read_adapter(self.start.path)[1]
        return side_by_side(begun, self._new_layers())

    def _new_layers(self) -> dict[str, Layer]:
        from peft.tuners.lora import Linear

        inner: Any = self.transformer.get_base_model()
        changed: dict[str, Any] = {n: p for n, p in inner.named_modules() if isinstance(p, Linear)}
        return {
            name: Layer(
                part.lora_A["default"].weight.detach().numpy(),
                part.lora_B["default"].weight.detach().numpy() * part.scaling["default"],
            )
            for name, part in changed.items()
        }

    def state(self) -> dict[str, Any]:
        """Give all that was learnt, to be kept."""
        from peft import get_peft_model_state_dict

        return {
            "adapter": get_peft_model_state_dict(self.transformer),
            "emphasis": self.emphasis.detach(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to what ``state`` gave."""
        import torch
        from peft import set_peft_model_state_dict

        set_peft_model_state_dict(self.transformer, state["adapter"])
        with torch.no_grad():
            self.emphasis.copy_(state["emphasis"])


def _first_emphasis(start: Adapter | None, dimension: int) -> Floats:
    """Give what training begins with: (d,) float32."""
    known = None if start is None else read_emphasis(start.path)
    return np.zeros(dimension, dtype=np.float32) if known is None else known


def _with_adapter(transformer: PreTrainedModel, rank: int, alpha: int) -> PeftModel:
    from peft import LoraConfig, get_peft_model

    lora = LoraConfig(
        r=rank,
        lora_alpha=alpha,
        lora_dropout=0.0,
        target_modules=linear_layers(transformer),
    )
    with warnings.catch_warnings():
        # peft asks the model by a name that transformers is about to change.
        warnings.filterwarnings("ignore", ".*is_gradient_checkpointing.*", FutureWarning)
        adapted = get_peft_model(transformer, lora)
    return cast("PeftModel", adapted)


def linear_layers(transformer: torch.nn.Module) -> list[str]:
    """Name the linear layers that make a model's hidden states.

    The pooler on top of some models is left out: nothing that is used passes through it.
    """
    import torch

    return [
        name
        for name, part in transformer.named_modules()
        if isinstance(part, torch.nn.Linear) and not name.startswith("pooler")
    ]
