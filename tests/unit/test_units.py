from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.units import Resources, parse_cpu, parse_memory


@pytest.mark.parametrize(
    ("text", "millicores"), [("500m", 500), ("2", 2000), ("1.5", 1500), ("0.125", 125), ("64", 64_000)]
)
def test_cpu(text: str, millicores: int) -> None:
    assert parse_cpu(text) == millicores


@pytest.mark.parametrize(("text", "mebibytes"), [("256Mi", 256), ("1Gi", 1024), ("16Gi", 16_384)])
def test_memory(text: str, mebibytes: int) -> None:
    assert parse_memory(text) == mebibytes


@pytest.mark.parametrize("text", ["", "m", "1.2345", "-1", "1e3", "1 ", "1\n", "500M", "1,5", "٣"])
def test_what_is_no_cpu(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_cpu(text)


@pytest.mark.parametrize("text", ["", "256", "256M", "1.5Gi", "-1Mi", "1Ti", "1Gi\n", "Mi"])
def test_what_is_no_memory(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_memory(text)


@given(st.integers(10, 64_000), st.integers(16, 262_144))
def test_what_is_printed_reads_the_same(cpu: int, memory: int) -> None:
    limits = Resources.limited(cpu, memory)
    assert parse_cpu(limits.kubernetes_cpu) == cpu
    assert parse_memory(limits.kubernetes_memory) == memory
    assert round(float(limits.compose_cpu) * 1000) == cpu
    assert limits.compose_memory == f"{memory}M"
    assert 10 <= limits.cpu_request <= cpu
    assert limits.memory_request == memory
