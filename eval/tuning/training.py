"""Trains a low-rank adapter of a sentence-transformers model on lessons.

Everything is decided by the seed: the adapter's first values, the order of the lessons, and with
it, on the same processor and the same number of threads, every figure of the result.

Source:
    Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.
"""

from __future__ import annotations

import json
import logging
import math
import random
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from eval.tuning.losses import (
    COSINE_SCALE,
    MAXSIM_SCALE,
    Vectors,
    contrastive,
    cosines,
    max_similarities,
)
from eval.tuning.material import Lesson
from index.adapter import Layer, weights_digest
from index.arrays import Floats
from index.encoder_export import quiet_libraries
from index.progress import SILENT, Progress

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from torch import Tensor
    from transformers import PreTrainedModel

logger = logging.getLogger(__name__)

CHECKPOINT_FILE = "checkpoint.pt"

# Lessons of like length are put together, out of so many batches: less is spent on filling up.
_BATCHES_SORTED_TOGETHER = 8
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
    seed: int = 5
    threads: int = 2
    half_precision: bool = True
    """Multiply in bfloat16: twice as fast on processors that know it."""
    steps_between_checkpoints: int = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """Lessons that are learnt together: each one's right passage is wrong for the others."""

    questions: tuple[str, ...]
    rows: tuple[int, ...]
    """The right passages, in the order of the questions, and then mined wrong ones."""
    answers: tuple[frozenset[int], ...]
    """For each question all rows that answer it."""


def batches(
    lessons: Sequence[Lesson], lengths: Sequence[int], config: TrainingConfig
) -> Iterator[Batch]:
    """Put lessons in batches, in another order in every pass.

    Args:
        lessons: Each with an answer.
        lengths: The length of each row's text, in any unit.
        config: The size of a batch, the passes and the seed.
    """
    for turn in range(config.passes):
        order = random.Random(f"{config.seed} {turn}")
        shuffled = order.sample(list(lessons), len(lessons))
        together = config.batch * _BATCHES_SORTED_TOGETHER
        made: list[Batch] = []
        for low in range(0, len(shuffled), together):
            some = sorted(shuffled[low : low + together], key=lambda one: lengths[one.answers[0]])
            made += [
                _batch(some[start : start + config.batch], turn)
                for start in range(0, len(some), config.batch)
            ]
        yield from order.sample(made, len(made))


def _batch(lessons: Sequence[Lesson], turn: int) -> Batch:
    """Take another of the mined passages in every pass."""
    right = [lesson.answers[0] for lesson in lessons]
    wrong = [one.mistaken[turn % len(one.mistaken)] for one in lessons if one.mistaken]
    return Batch(
        questions=tuple(lesson.question for lesson in lessons),
        rows=(*right, *wrong),
        answers=tuple(frozenset(lesson.answers) for lesson in lessons),
    )


class Trainer:
    """A model with an adapter that is being trained."""

    def __init__(
        self, model: str, texts: Sequence[str], idf: Floats, config: TrainingConfig
    ) -> None:
        """Load a model and put an adapter with its first values into it.

        Args:
            model: What sentence-transformers is to load: a name or a folder.
            texts: The text of each row, as it is encoded.
            idf: (vocab,) float32: the weight of each token id, as the index has it.
            config: How to train.
        """
        import torch
        from sentence_transformers import SentenceTransformer

        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        with quiet_libraries():
            loaded = SentenceTransformer(model, device="cpu")
        self.config = config
        self._texts = texts
        self._tokenizer: Any = loaded.tokenizer
        self._longest = int(loaded.max_seq_length or config.passage_tokens)
        self._idf = torch.from_numpy(idf.copy())
        transformer: Any = loaded[0].auto_model
        self.base = weights_digest(transformer)
        self.model: PeftModel = _with_adapter(transformer, config)
        # Without dropout: half as fast again, and a run that goes on from a checkpoint is the same.
        self.model.eval()

    def run(self, lessons: Sequence[Lesson], folder: Path, progress: Progress = SILENT) -> None:
        """Train to the end, from the last checkpoint in the folder if there is one."""
        import torch

        whole = batches(lessons, [len(text) for text in self._texts], self.config)
        plan = list(islice(whole, self.config.steps))
        weights = [weight for weight in self.model.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(weights, lr=self.config.learning_rate, weight_decay=0.0)
        rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: self._rate(n, len(plan)))
        done = self._restore(folder / CHECKPOINT_FILE, optimizer, rate, len(plan))
        progress.start("train", len(plan))
        progress.advance(done)
        for step, batch in enumerate(plan[done:], start=done + 1):
            loss = self.loss(batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(weights, _LARGEST_GRADIENT)
            optimizer.step()
            rate.step()
            progress.advance(1, f"loss {loss.item():.3f}")
            if step % self.config.steps_between_checkpoints == 0 or step == len(plan):
                self._keep(folder / CHECKPOINT_FILE, optimizer, rate, step, len(plan))
        progress.finish()

    def layers(self) -> dict[str, Layer]:
        """Give the trained matrices by the names of the layers that they change."""
        from peft.tuners.lora import Linear

        inner: Any = self.model.get_base_model()
        changed: dict[str, Any] = {n: p for n, p in inner.named_modules() if isinstance(p, Linear)}
        return {
            name: Layer(
                part.lora_A["default"].weight.detach().numpy(),
                part.lora_B["default"].weight.detach().numpy() * part.scaling["default"],
            )
            for name, part in changed.items()
        }

    def loss(self, batch: Batch) -> Tensor:
        """Say how far a batch is from being told right: a single number."""
        import torch

        also_right = torch.tensor(
            [
                [row in answers and j != i for j, row in enumerate(batch.rows)]
                for i, answers in enumerate(batch.answers)
            ]
        )
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.half_precision):
            asked, weights = self._questions(batch.questions)
            told = self._encode(
                [self._texts[row] for row in batch.rows], self.config.passage_tokens
            )
            by_mean = contrastive(COSINE_SCALE * cosines(asked, told[0]).float(), also_right)
            best = max_similarities(asked, told[0], weights)
            by_token = contrastive(MAXSIM_SCALE * best, also_right)
        return by_mean + self.config.maxsim_weight * by_token

    def _questions(self, questions: Sequence[str]) -> tuple[Vectors, Tensor]:
        vectors, ids = self._encode(questions, self.config.question_tokens)
        weights = self._idf[ids] * vectors.real
        return vectors, weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-9)

    def _encode(self, texts: Sequence[str], longest: int) -> tuple[Vectors, Tensor]:
        import torch

        made = self._tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=min(longest, self._longest),
            return_tensors="pt",
            return_special_tokens_mask=True,
        )
        mask = made["attention_mask"]
        states = self.model(input_ids=made["input_ids"], attention_mask=mask).last_hidden_state
        summed = (states * mask[:, :, None]).sum(dim=1)
        unit = torch.nn.functional.normalize
        return (
            Vectors(
                pooled=unit(summed, dim=1),
                tokens=unit(states, dim=2),
                real=(made["special_tokens_mask"] == 0) & (mask == 1),
            ),
            made["input_ids"],
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
        from peft import get_peft_model_state_dict

        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "plan": self._plan(steps),
            "step": step,
            "adapter": get_peft_model_state_dict(self.model),
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
        from peft import set_peft_model_state_dict

        if not path.is_file():
            return 0
        kept = torch.load(path, weights_only=True)
        if kept["plan"] != self._plan(steps):
            logger.warning("%s belongs to another training and is not gone on with", path)
            return 0
        set_peft_model_state_dict(self.model, kept["adapter"])
        optimizer.load_state_dict(kept["optimizer"])
        rate.load_state_dict(kept["rate"])
        return int(kept["step"])

    def _plan(self, steps: int) -> str:
        return json.dumps([asdict(self.config), steps])


def _with_adapter(transformer: PreTrainedModel, config: TrainingConfig) -> PeftModel:
    from peft import LoraConfig, get_peft_model

    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
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
