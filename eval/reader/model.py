"""The reader while it is trained: an encoder whose weights change, and a head on top of it.

What it gives is what ``index.reader`` gives of the exported model.

Source:
    Nogueira and Cho, "Passage Re-ranking with BERT", 2019, for question and passage in one input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from index.adapter import merge
from index.arrays import Floats
from index.encoder_export import quiet_libraries
from index.model_source import ModelSource
from index.reader_file import ReaderWeights

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# As at run time: see ``index.reader``.
_LONGEST_INPUT = 176
_LONGEST_QUESTION = _LONGEST_INPUT // 3

# Added to a token's weight before its logarithm is taken: a token that is in every passage has
# none.
_LEAST_WEIGHT = 0.05

# Before training the head gives log odds of about 5 to a sentence with all of a question's words,
# and some below 0 to one whose best cosines are below two thirds.
_FIRST_STEEPNESS = 2.0
_FIRST_BIAS = -10.0

# Below every cosine.
_NO_COSINE = -2.0

_LAYER_NUMBER = re.compile(r"(?:^|\.)layers?\.(\d+)\.")


class Head:
    """What is learnt of ``index.reader.ReaderHead``, and the same numbers by torch."""

    def __init__(self, idf: Floats, dimension: int) -> None:
        """Begin with MaxSim alone.

        Args:
            idf: (v,) float32: how rare each token is.
            dimension: d, of the model's states.
        """
        import torch

        self.prior = torch.from_numpy(np.log(idf + _LEAST_WEIGHT).astype(np.float32))
        """(v,), which is not learnt."""
        self.emphasis = torch.nn.Parameter(torch.zeros(dimension))
        self.sentence = torch.nn.Parameter(torch.zeros(dimension))
        self.whole = torch.nn.Parameter(torch.zeros(dimension))
        self.steepness = torch.nn.Parameter(torch.tensor(_FIRST_STEEPNESS))
        """(): the logarithm of half the sharpness, which so stays above 0."""
        self.bias = torch.nn.Parameter(torch.tensor(_FIRST_BIAS))

    def named(self) -> dict[str, torch.nn.Parameter]:
        """Give all that is learnt."""
        names = ("emphasis", "sentence", "whole", "steepness", "bias")
        return {name: getattr(self, name) for name in names}

    def log_odds(self, question: Tensor, states: Tensor, sentences: Tensor) -> Tensor:
        """Give the log odds of each sentence.

        Args:
            question: (q,) int64: ids of the question's tokens.
            states: (t, d): of one sign, of the question's tokens, of what follows.
            sentences: (t,) int64: the sentence that each token stands in, counted from 0; -1 for
                none. Every sentence has a token.

        Returns:
            (s,).
        """
        import torch

        asked = states[1 : 1 + len(question)]
        weights = torch.softmax(self.prior[question] + asked @ self.emphasis, dim=0)
        unit = torch.nn.functional.normalize(states, dim=1)
        cosines = unit[1 : 1 + len(question)] @ unit.T
        within = sentences == torch.arange(int(sentences.max()) + 1)[:, None]
        best = cosines[:, None].masked_fill(~within, _NO_COSINE).amax(dim=2)
        means = within.float() @ states / within.sum(dim=1, keepdim=True)
        shared = states[0] @ self.whole + self.bias
        return self._sharpness() * (weights @ best) + means @ self.sentence + shared

    def _sharpness(self) -> Tensor:
        return 2 * self.steepness.exp()

    def numbers(self) -> dict[str, Floats]:
        """Give the fields of ``index.reader.ReaderHead``."""
        tensors = {
            "prior": self.prior,
            "emphasis": self.emphasis,
            "sentence": self.sentence,
            "whole": self.whole,
            "sharpness": self._sharpness(),
            "bias": self.bias,
        }
        # Copies: what is learnt afterwards does not change them.
        return {name: one.detach().numpy().copy() for name, one in tensors.items()}

    def become(self, numbers: Mapping[str, Floats]) -> None:
        """Take over what ``numbers`` gave."""
        import torch

        halved = np.log(numbers["sharpness"] / 2)
        with torch.no_grad():
            for name, one in self.named().items():
                value = halved if name == "steepness" else numbers[name]
                # A file has single numbers as rows of one.
                one.copy_(torch.as_tensor(value).reshape(one.shape))


@dataclass(frozen=True, slots=True)
class _Laid:
    """A question and a passage in one row of tokens."""

    question: Sequence[int]
    ids: Sequence[int]
    sentences: Sequence[int]
    """For each id the sentence it stands in; -1 for none."""


class ReaderModel:
    """An encoder that is trained to read a question and a passage together."""

    def __init__(self, source: ModelSource, idf: Floats, *, frozen_layers: int) -> None:
        """Load a model, with its adapter, and put a head on it that knows nothing yet.

        Args:
            source: The model.
            idf: (v,) float32: the weight of each token id, as an index has it.
            frozen_layers: How many of the first layers stay as they are, besides the embeddings.

        Raises:
            DamagedAdapter: If the adapter is none.
            UnsuitableAdapter: If it was trained on another model.
        """
        from sentence_transformers import SentenceTransformer

        with quiet_libraries():
            loaded: Any = SentenceTransformer(source.location, device="cpu")
        self.transformer: Any = loaded[0].auto_model
        if source.adapter is not None:
            merge(self.transformer, source.adapter)
        # Without dropout: half as fast again, and a run that goes on from a checkpoint is the same.
        self.transformer.eval()
        self._tokenizer: Any = loaded.tokenizer.backend_tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._before: int = loaded.tokenizer.cls_token_id
        self._after: int = loaded.tokenizer.sep_token_id
        self._learnt = _thawed(self.transformer, frozen_layers)
        self._start = {name: one.detach().clone() for name, one in self._learnt.items()}
        self.head = Head(idf, int(self.transformer.config.hidden_size))

    def parameters(self) -> list[torch.nn.Parameter]:
        """Give all that is learnt."""
        return [*self._learnt.values(), *self.head.named().values()]

    def groups(self, *, rate: float, head_rate: float) -> list[dict[str, Any]]:
        """Give all that is learnt in an optimizer's groups, transformer and head at their rates."""
        return [
            {"params": list(self._learnt.values()), "lr": rate},
            {"params": list(self.head.named().values()), "lr": head_rate},
        ]

    def read(self, inputs: Sequence[tuple[str, Sequence[str]]]) -> list[Tensor]:
        """Read questions with the sentences of a passage each.

        Returns:
            For each input the log odds of its sentences, (s,).
        """
        import torch

        laid = [self._lay_out(question, sentences) for question, sentences in inputs]
        shape = (len(laid), max(len(one.ids) for one in laid))
        ids = torch.zeros(shape, dtype=torch.int64)
        mask = torch.zeros(shape, dtype=torch.int64)
        for i, one in enumerate(laid):
            ids[i, : len(one.ids)] = torch.tensor(one.ids)
            mask[i, : len(one.ids)] = 1
        states = self.transformer(input_ids=ids, attention_mask=mask).last_hidden_state
        return [
            self.head.log_odds(
                torch.tensor(one.question, dtype=torch.int64),
                states[i, : len(one.ids)],
                torch.tensor(one.sentences),
            )
            for i, one in enumerate(laid)
        ]

    def log_odds(self, question: str, passages: Sequence[Sequence[str]]) -> list[Floats]:
        """Give the log odds of the sentences of some passages, and learn nothing."""
        import torch

        with torch.no_grad():
            return [odds.numpy() for odds in self.read([(question, one) for one in passages])]

    def _lay_out(self, question: str, sentences: Sequence[str]) -> _Laid:
        """Put a question and sentences side by side, cut where the input is full.

        The first token of every sentence is kept, so that each of them has its log odds.
        """
        asked, *texts = self._ids([question, *sentences])
        asked = asked[:_LONGEST_QUESTION] or [self._after]
        ids = [self._before, *asked, self._after]
        within = [-1] * len(ids)
        for i, text in enumerate(texts):
            room = _LONGEST_INPUT - len(ids) - 1
            kept = (text or [self._after])[: max(1, room)]
            ids += kept
            within += [i] * len(kept)
        return _Laid(asked, [*ids, self._after], [*within, -1])

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [list(one.ids) for one in encoded]

    def weights(self) -> ReaderWeights:
        """Give what was learnt: what makes a reader of the encoder."""
        added = {name: one.detach() - self._start[name] for name, one in self._learnt.items()}
        changed = {name: change.numpy() for name, change in added.items() if change.any()}
        return ReaderWeights(changed, self.head.numbers())

    def become(self, weights: ReaderWeights) -> None:
        """Take over what ``weights`` gave, or what a file kept of it."""
        self._set(self._start)
        weights.add_to(self.transformer)
        self.head.become(weights.head)

    def state(self) -> dict[str, dict[str, Tensor]]:
        """Give all that was learnt, to be kept."""
        parts = {"transformer": self._learnt, "head": self.head.named()}
        return {part: {n: p.detach() for n, p in some.items()} for part, some in parts.items()}

    def restore(self, state: Mapping[str, Mapping[str, Tensor]]) -> None:
        """Go back to what ``state`` gave."""
        import torch

        self._set(state["transformer"])
        with torch.no_grad():
            for name, one in self.head.named().items():
                one.copy_(state["head"][name])

    def _set(self, values: Mapping[str, Tensor]) -> None:
        import torch

        with torch.no_grad():
            for name, one in self._learnt.items():
                one.copy_(values[name])


def _thawed(transformer: torch.nn.Module, frozen_layers: int) -> dict[str, torch.nn.Parameter]:
    """Give the weights behind the first layers, by their names, and hold fast all others.

    Held fast is also the pooler on top of some models: nothing that is used passes through it.
    """
    thawed = {}
    for name, one in transformer.named_parameters():
        number = _LAYER_NUMBER.search(name)
        one.requires_grad_(number is not None and int(number[1]) >= frozen_layers)
        if one.requires_grad:
            thawed[name] = one
    return thawed
