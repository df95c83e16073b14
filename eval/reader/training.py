"""Trains a reader on lessons.

Everything is decided by the seed: the order of the lessons, the passages that are shown with them,
and with it, on the same processor and the same number of threads, every figure of the result.

Source:
    Nogueira and Cho, "Passage Re-ranking with BERT", 2019, for training question and passage in one
    input.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from eval.reader import losses
from eval.reader.batches import Batch, batches
from eval.reader.config import TrainingConfig
from eval.reader.material import Lessons
from eval.reader.model import ReaderModel
from eval.tuning.training import CHECKPOINT_FILE
from index.arrays import Floats
from index.digests import digest_parts
from index.model_source import ModelSource
from index.progress import SILENT, Progress

if TYPE_CHECKING:
    import torch
    from torch import Tensor

logger = logging.getLogger(__name__)

_LARGEST_GRADIENT = 1.0


class Trainer:
    """A reader that is being trained."""

    def __init__(self, source: ModelSource, idf: Floats, config: TrainingConfig) -> None:
        """Load the encoder that the reader is made of.

        Args:
            source: The encoder, with its adapter.
            idf: (v,) float32: the weight of each token id, as the index has it.
            config: How to train.

        Raises:
            DamagedAdapter: If the adapter is none.
            UnsuitableAdapter: If it was trained on another model.
        """
        import torch

        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        self.config = config
        self.model = ReaderModel(source, idf, frozen_layers=config.frozen_layers)
        self._adapter = None if source.adapter is None else source.adapter.record.digest

    def run(self, lessons: Lessons, folder: Path, progress: Progress = SILENT) -> None:
        """Train to the end, from the last checkpoint in the folder if there is one."""
        import torch

        config, path, plan = self.config, folder / CHECKPOINT_FILE, self._plan(lessons)
        groups = self.model.groups(rate=config.learning_rate, head_rate=config.head_rate)
        optimizer = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
        rate = torch.optim.lr_scheduler.LambdaLR(optimizer, self.rate)
        done = self._restore(path, optimizer, rate, plan)
        progress.start("train", config.batches)
        progress.advance(done)
        for step, batch in enumerate(self.batches(lessons, done), start=done + 1):
            loss = self.loss(batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), _LARGEST_GRADIENT)
            optimizer.step()
            rate.step()
            progress.advance(1, f"loss {loss.item():.3f}")
            if step % config.batches_between_checkpoints == 0 or step == config.batches:
                self._keep(path, optimizer, rate, {"plan": plan, "step": step})
        progress.finish()

    def batches(self, lessons: Lessons, done: int = 0) -> Sequence[Batch]:
        """Put lessons in the batches in which they are learnt, without the first so many."""
        config = self.config
        endless = batches(lessons, answered=config.answered, pairs=config.pairs, seed=config.seed)
        return list(islice(endless, done, config.batches))

    def rate(self, done: int) -> float:
        """Say with what share of the learning rates a batch is learnt, after so many others."""
        risen = min(1.0, (done + 1) / max(1, self.config.warm_up))
        return risen * max(self.config.last_rate, 1 - done / self.config.batches)

    def loss(self, batch: Batch) -> Tensor:
        """Say how far a batch is from being told right: a single number."""
        import torch

        odds = self.model.read([(one.question, one.sentences) for one in batch.inputs])
        right = [torch.tensor(one.right) for one in batch.inputs]
        in_order = [
            losses.order(torch.cat([odds[i] for i in own]), torch.cat([right[i] for i in own]))
            for own in batch.questions
        ]
        silent = [losses.silence(*one) for one in zip(odds, right, strict=True)]
        apart = [losses.pair(odds[twin], odds[double]) for twin, double in batch.pairs]
        return (
            _mean(in_order)
            + self.config.silence_weight * _mean(silent)
            + self.config.pair_weight * _mean(apart)
        )

    def _keep(
        self,
        path: Path,
        optimizer: torch.optim.Optimizer,
        rate: torch.optim.lr_scheduler.LambdaLR,
        place: dict[str, str | int],
    ) -> None:
        """Write a checkpoint, in the place of the last one only when it is whole."""
        import torch

        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            **place,
            "model": self.model.state(),
            "optimizer": optimizer.state_dict(),
            "rate": rate.state_dict(),
        }
        torch.save(kept, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
        logger.info("step %s is kept in %s", place["step"], path)

    def _restore(
        self,
        path: Path,
        optimizer: torch.optim.Optimizer,
        rate: torch.optim.lr_scheduler.LambdaLR,
        plan: str,
    ) -> int:
        """Go back to a checkpoint of the same plan; gives how many batches are done."""
        import torch

        if not path.is_file():
            return 0
        kept = torch.load(path, weights_only=True)
        if kept["plan"] != plan:
            logger.warning("%s belongs to another training and is not gone on with", path)
            return 0
        self.model.restore(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        rate.load_state_dict(kept["rate"])
        return int(kept["step"])

    def _plan(self, lessons: Lessons) -> str:
        """Tell a training from any other: by its settings, its encoder and its lessons."""
        parts = (repr(one).encode() for one in (*lessons.answered, *lessons.pairs))
        return json.dumps([asdict(self.config), self._adapter, digest_parts(parts)])


def _mean(some: Sequence[Tensor]) -> Tensor:
    """Give the mean of single numbers; 0 if there is none."""
    import torch

    return torch.stack(list(some)).mean() if some else torch.zeros(())
