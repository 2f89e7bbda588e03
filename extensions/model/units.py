"""CPU and memory quantities, held as integers and printed for each tool that reads them."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

CPU_PATTERN: Final = r"^([0-9]+m|[0-9]{1,2}(\.[0-9]{1,3})?)$"
MEMORY_PATTERN: Final = r"^[0-9]+(Mi|Gi)$"
CPU_RANGE: Final = (10, 64_000)
MEMORY_RANGE: Final = (16, 262_144)


def parse_cpu(text: str | float) -> int:
    """Return millicores of a Kubernetes CPU quantity such as `500m`, `1.5` or the number 2; ValueError otherwise."""
    if not isinstance(text, str):
        return round(text * 1000)
    if not re.fullmatch(CPU_PATTERN, text):
        raise ValueError(text)
    return int(text[:-1]) if text.endswith("m") else round(float(text) * 1000)


def parse_memory(text: str) -> int:
    """Return MiB of a Kubernetes memory quantity such as `256Mi` or `1Gi`; ValueError otherwise."""
    if not re.fullmatch(MEMORY_PATTERN, text):
        raise ValueError(text)
    return int(text[:-2]) * (1024 if text.endswith("Gi") else 1)


class Resources(BaseModel):
    """The most a container may use, and what it is promised.

    `cpu` and `cpu_request` are millicores, `memory` and `memory_request` MiB.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu: int
    memory: int
    cpu_request: int
    memory_request: int

    @classmethod
    def limited(cls, cpu: int, memory: int) -> Resources:
        """Derive requests from limits: a quarter of the CPU, all of the memory.

        CPU is shared when idle; memory cannot be taken back, so a smaller promise only moves the failure.
        """
        return cls(cpu=cpu, memory=memory, cpu_request=max(10, cpu // 4), memory_request=memory)

    @property
    def kubernetes_cpu(self) -> str:
        return f"{self.cpu}m"

    @property
    def kubernetes_cpu_request(self) -> str:
        return f"{self.cpu_request}m"

    @property
    def kubernetes_memory(self) -> str:
        return f"{self.memory}Mi"

    @property
    def kubernetes_memory_request(self) -> str:
        return f"{self.memory_request}Mi"

    @property
    def compose_cpu(self) -> str:
        return f"{self.cpu / 1000:g}"

    @property
    def compose_cpu_request(self) -> str:
        return f"{self.cpu_request / 1000:g}"

    @property
    def compose_memory(self) -> str:
        return f"{self.memory}M"

    @property
    def compose_memory_request(self) -> str:
        return f"{self.memory_request}M"
