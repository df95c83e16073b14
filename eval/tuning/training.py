"""Trains a low-rank adapter of a sentence-transformers model on lessons.

Everything is decided by the seed: the adapter's first values, the order of the lessons, and with
it, on the same processor and the same number of threads, every figure of the result.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from eval.tuning.adapted_model import AdaptedModel
from eval.tuning.batches import Batch, batches
from eval.tuning.losses import (
    COSINE_SCALE,
    MAXSIM_SCALE,
    answering,
    contrastive,
    cosines,
    passage_similarities,
    sentence_similarities,
    token_cosines,
    token_weights,
)
from eval.tuning.material import Lesson
from eval.tuning.sentences import PassageText, Sentences, lay_out
from index.arrays import Floats
from index.model_source import ModelSource
from index.progress import SILENT, Progress

if TYPE_CHECKING:
    import torch
    from torch import Tensor

logger = logging.getLogger(__name__)

CHECKPOINT_FILE = "checkpoint.pt"

_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How an adapter is trained."""

    rank: int = 16
    alpha: int = 32
    """What the adapter adds is multiplied by alpha / rank."""
    learning_rate: float = 5e-4
    warm_up: float = 0.1
    """Share of the steps in which the learning rate rises; then it falls evenly to 0."""
    batch: int = 24
    passes: int = 2
    steps: int | None = None
    """Batches to learn from, if that is fewer than the passes have."""
    passage_tokens: int = 160
    question_tokens: int = 64
    maxsim_weight: float = 1.0
    """What MaxSim counts for beside the pooled vectors."""
    sentence_weight: float = 1.0
    """What MaxSim counts for in telling sentences that answer from all others."""
    seed: int = 5
    threads: int = 2
    half_precision: bool = True
    """Multiply in bfloat16: twice as fast on processors that know it."""
    steps_between_checkpoints: int = 100


class Trainer:
    """A model with an adapter that is being trained."""

    def __init__(
        self,
        source: ModelSource,
        passages: Sequence[PassageText],
        idf: Floats,
        config: TrainingConfig,
    ) -> None:
        """Load a model and put an adapter with its first values into it.

        Args:
            source: The model, and the adapter that the new one is to go on from.
            passages: The passage of each row.
            idf: (vocab,) float32: the weight of each token id, as the index has it.
            config: How to train.

        Raises:
            DamagedAdapter: If the adapter to go on from is none.
            UnsuitableAdapter: If that was trained on another model.
        """
        import torch

        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        self.config = config
        self.model = AdaptedModel(source, rank=config.rank, alpha=config.alpha)
        self._passages = passages
        self._idf = torch.from_numpy(idf.copy())

    def run(self, lessons: Sequence[Lesson], folder: Path, progress: Progress = SILENT) -> None:
        """Train to the end, from the last checkpoint in the folder if there is one."""
        import torch

        plan = self.plan(lessons)
        groups = self.model.groups(self.config.learning_rate)
        optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
        rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: self._rate(n, len(plan)))
        done = self._restore(folder / CHECKPOINT_FILE, optimizer, rate, len(plan))
        progress.start("train", len(plan))
        progress.advance(done)
        for step, batch in enumerate(plan[done:], start=done + 1):
            loss = self.loss(batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), _LARGEST_GRADIENT)
            optimizer.step()
            rate.step()
            progress.advance(1, f"loss {loss.item():.3f}")
            if step % self.config.steps_between_checkpoints == 0 or step == len(plan):
                self._keep(folder / CHECKPOINT_FILE, optimizer, rate, step, len(plan))
        progress.finish()

    def plan(self, lessons: Sequence[Lesson]) -> list[Batch]:
        """Put lessons in the batches in which they are learnt."""
        whole = batches(
            lessons,
            [len(passage.text) for passage in self._passages],
            size=self.config.batch,
            passes=self.config.passes,
            seed=self.config.seed,
        )
        return list(islice(whole, self.config.steps))

    def loss(self, batch: Batch) -> Tensor:
        """Say how far a batch is from being told right: a single number."""
        import torch

        passages = [self._passages[row] for row in batch.rows]
        also_right = torch.from_numpy(batch.also_right())
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.half_precision):
            asked = self.model.encode(batch.questions, longest=self.config.question_tokens)
            found = self.model.encode(
                [passage.text for passage in passages], longest=self.config.passage_tokens
            )
            pooled = cosines(asked.vectors, found.vectors).float()
            matched = token_cosines(asked.vectors, found.vectors)
        weights = token_weights(asked.vectors, self._idf[asked.ids], self.model.emphasis)
        best = passage_similarities(matched, weights)
        by_mean = contrastive(COSINE_SCALE * pooled, also_right)
        by_passage = contrastive(MAXSIM_SCALE * best, also_right)
        laid = lay_out(batch, passages, found.starts.numpy(), found.vectors.real.numpy())
        by_sentence = _sentence_loss(matched, weights, laid)
        return (
            by_mean
            + self.config.maxsim_weight * by_passage
            + self.config.sentence_weight * by_sentence
        )

    def _rate(self, step: int, steps: int) -> float:
        rising = max(1, math.ceil(self.config.warm_up * steps))
        if step < rising:
            return (step + 1) / rising
        return max(0.0, (steps - step) / max(1, steps - rising))

    def _keep(
        self,
        path: Path,
        optimizer: torch.optim.Optimizer,
        rate: torch.optim.lr_scheduler.LambdaLR,
        step: int,
        steps: int,
    ) -> None:
        """Write a checkpoint, in the place of the last one only when it is whole."""
        import torch

        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "plan": self._plan(steps),
            "step": step,
            "model": self.model.state(),
            "optimizer": optimizer.state_dict(),
            "rate": rate.state_dict(),
        }
        torch.save(kept, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
        logger.info("step %d of %d is kept in %s", step, steps, path)

    def _restore(
        self,
        path: Path,
        optimizer: torch.optim.Optimizer,
        rate: torch.optim.lr_scheduler.LambdaLR,
        steps: int,
    ) -> int:
        """Go back to a checkpoint of the same plan; gives how many steps are done."""
        import torch

        if not path.is_file():
            return 0
        kept = torch.load(path, weights_only=True)
        if kept["plan"] != self._plan(steps):
            logger.warning("%s belongs to another training and is not gone on with", path)
            return 0
        self.model.restore(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        rate.load_state_dict(kept["rate"])
        return int(kept["step"])

    def _plan(self, steps: int) -> str:
        start = None if self.model.start is None else self.model.start.record.digest
        return json.dumps([asdict(self.config), steps, start])


def _sentence_loss(matched: Tensor, weights: Tensor, laid: Sentences) -> Tensor:
    import torch

    of_tokens, right, own, counted = map(torch.from_numpy, laid)
    best = sentence_similarities(matched, weights, of_tokens, right.shape[1])
    return answering(MAXSIM_SCALE * best, right, own, counted)
