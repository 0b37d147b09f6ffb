"""Treebank reading, and how training varies trees."""

import gzip
import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from training.treebank import Tree, cut_final_stop, read_trees, vary_tree

CONLLU = """# text = They don't stay.
1\tThey\tthey\tPRON\tPRP\t_\t4\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tstay\tstay\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
4.1\tthere\tthere\tADV\tRB\t_\t_\t_\t_\t_
5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_

1\tGo\tgo\tVERB\tVB\t_\t0\troot\t_\t_
"""


def test_multiword_and_empty_tokens_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu.gz"
    path.write_bytes(gzip.compress(CONLLU.encode()))
    first, second = read_trees(path)
    assert first.words == ("They", "do", "n't", "stay", ".")
    assert first.spaces == (True, False, True, False, True)
    assert first.heads == (3, 3, 3, -1, 3)
    assert first.tags[0] == "PRP" and first.labels[3] == "root" and first.lemmas[2] == "not"
    assert second.words == ("Go",)


def test_the_final_stop_is_cut_only_where_nothing_hangs_on_it() -> None:
    labels, tags = ("nsubj", "root", "punct"), ("PRP", "VBD", ".")
    words, lemmas = ("He", "left", "."), ("he", "leave", ".")
    tree = Tree(words, (True, False, True), tags, (1, -1, 1), labels, lemmas)
    assert cut_final_stop(tree).words == ("He", "left")
    hanging = Tree(("He", "left", "."), tree.spaces, tree.tags, (2, -1, 1), tree.labels, tree.lemmas)
    assert cut_final_stop(hanging) is hanging


@given(st.lists(st.sampled_from(["Army", "the", "shot", "."]), min_size=1, max_size=6), st.integers(0, 99))
def test_varying_changes_case_and_length_only(words: list[str], seed: int) -> None:
    n = len(words)
    tree = Tree(tuple(words), (True,) * n, ("NN",) * n, (-1, *[0] * (n - 1)), ("dep",) * n, tuple(words))
    varied = vary_tree(tree, random.Random(seed))
    kept = len(varied.words)
    assert kept in (n, n - 1)
    assert [w.lower() for w in varied.words] == [w.lower() for w in words[:kept]]
    assert len(varied.heads) == len(varied.tags) == len(varied.spaces) == kept
    assert vary_tree(tree, random.Random(seed), share=0.0) is tree
