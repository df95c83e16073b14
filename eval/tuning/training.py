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
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from eval.tuning.batches import Batch, batches
from eval.tuning.losses import (
    COSINE_SCALE,
    MAXSIM_SCALE,
    Vectors,
    answering,
    contrastive,
    cosines,
    passage_similarities,
    sentence_similarities,
    token_cosines,
)
from eval.tuning.material import Lesson
from eval.tuning.sentences import PassageText, lay_out
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


class Encoded(NamedTuple):
    """Some texts, and what the model makes of them."""

    vectors: Vectors
    ids: Tensor
    """(n, t) int64: the tokens."""
    starts: Tensor
    """(n, t) int64: where each token starts in its text, in code points."""


class Trainer:
    """A model with an adapter that is being trained."""

    def __init__(
        self, model: str, passages: Sequence[PassageText], idf: Floats, config: TrainingConfig
    ) -> None:
        """Load a model and put an adapter with its first values into it.

        Args:
            model: What sentence-transformers is to load: a name or a folder.
            passages: The passage of each row.
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
        self._passages = passages
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

        plan = self.plan(lessons)
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

        also_right = torch.from_numpy(batch.also_right())
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.half_precision):
            asked = self._encode(batch.questions, self.config.question_tokens)
            texts = [self._passages[row].text for row in batch.rows]
            found = self._encode(texts, self.config.passage_tokens)
            pooled = cosines(asked.vectors, found.vectors).float()
            matched = token_cosines(asked.vectors, found.vectors)
            weights = self._weights(asked)
            best = passage_similarities(matched, weights)
            by_sentence = self._sentence_loss(batch, found, matched, weights)
        by_mean = contrastive(COSINE_SCALE * pooled, also_right)
        by_passage = contrastive(MAXSIM_SCALE * best, also_right)
        return (
            by_mean
            + self.config.maxsim_weight * by_passage
            + self.config.sentence_weight * by_sentence
        )

    def _sentence_loss(
        self, batch: Batch, found: Encoded, matched: Tensor, weights: Tensor
    ) -> Tensor:
        import torch

        passages = [self._passages[row] for row in batch.rows]
        laid = lay_out(batch, passages, found.starts.numpy(), found.vectors.real.numpy())
        of_tokens, right, own, counted = map(torch.from_numpy, laid)
        best = sentence_similarities(matched, weights, of_tokens, right.shape[1])
        return answering(MAXSIM_SCALE * best, right, own, counted)

    def _weights(self, asked: Encoded) -> Tensor:
        """Weigh the tokens of q questions: (q, t), each row sums to 1."""
        weights = self._idf[asked.ids] * asked.vectors.real
        return weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-9)

    def _encode(self, texts: Sequence[str], longest: int) -> Encoded:
        import torch

        made = self._tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=min(longest, self._longest),
            return_tensors="pt",
            return_special_tokens_mask=True,
            return_offsets_mapping=True,
        )
        mask = made["attention_mask"]
        states = self.model(input_ids=made["input_ids"], attention_mask=mask).last_hidden_state
        summed = (states * mask[:, :, None]).sum(dim=1)
        unit = torch.nn.functional.normalize
        vectors = Vectors(
            pooled=unit(summed, dim=1),
            tokens=unit(states, dim=2),
            real=(made["special_tokens_mask"] == 0) & (mask == 1),
        )
        return Encoded(vectors, made["input_ids"], made["offset_mapping"][:, :, 0])

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
