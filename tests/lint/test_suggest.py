"""What a misspelt word probably meant."""

import pytest

from helm_llm.lint.suggest import distance, near


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("tensorParalelSize", "tensorParallelSize"),
        ("tensor_parallel_size", "tensorParallelSize"),
        ("TENSOR-PARALLEL-SIZE", "tensorParallelSize"),
        ("maxModelLne", "maxModelLen"),
        ("prot", "port"),
        ("hots", "host"),
    ],
)
def test_a_misspelt_key_finds_its_neighbour(word: str, meant: str) -> None:
    assert near(word, ["host", "port", "maxModelLen", "tensorParallelSize"]) == meant


@pytest.mark.parametrize("word", ["model", "tag", "pool", "max", ""])
def test_a_word_far_from_all_finds_nothing(word: str) -> None:
    assert near(word, ["host", "port", "maxModelLen", "tensorParallelSize"]) is None


def test_the_same_letters_beat_a_smaller_distance() -> None:
    assert near("open_ai_ports", ["openaiports", "open_ai_port"]) == "openaiports"


def test_the_nearest_of_several_wins() -> None:
    assert near("limts", ["units", "limits"]) == "limits"


@pytest.mark.parametrize(
    ("a", "b", "errors"),
    [
        ("", "", 0),
        ("ab", "ab", 0),
        ("", "abc", 3),
        ("ab", "ba", 1),
        ("abcd", "acbx", 2),
        ("kitten", "sitting", 3),
    ],
)
def test_distance_counts_typing_errors(a: str, b: str, errors: int) -> None:
    assert distance(a, b) == distance(b, a) == errors


def test_a_word_spelt_out_or_cut_short_is_near_the_only_one_it_shares_a_beginning_with() -> (
    None
):
    names = ["maxModelLen", "gpuMemoryUtilization", "maxLoras"]
    assert near("maxModelLength", names) == "maxModelLen"
    assert near("gpuMemory", names) == "gpuMemoryUtilization"
    assert near("max", names) is None
    assert near("start", ["startupProbe", "startupSeconds"]) is None
