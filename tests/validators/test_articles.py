"""Every article of the management rules that asks something of data is answered, truly."""

from __future__ import annotations

from exchange.settings import ROOT
from schemas.policy import ROOT as PACKS
from schemas.policy import read
from tests.validators.test_coverage import covering
from validators.articles import articles, documents


def test_no_article_is_forgotten() -> None:
    """Each has rules, a part of the program or a reason, and each is there once."""
    assert [one.article for one in articles() if one.is_hole] == []
    named = [(one.document, one.article) for one in articles()]
    assert len(set(named)) == len(named)
    assert {document for document, _ in named} == set(documents())


def test_articles_of_the_policy_packs_are_answered() -> None:
    """What a policy pack cites is in the list."""
    named = {(one.document, one.article) for one in articles()}
    cited = {
        (article.document, article.id)
        for path in PACKS.glob("*.toml")
        for edition in read(path)
        for article in edition.articles.values()
    }
    assert cited <= named


def test_answers_exist() -> None:
    """A rule or clause that is named has a rule, a path leads somewhere, a reason is a sentence."""
    known = {rule.code for rule in covering()} | {rule.clause for rule in covering()}
    known |= {rule.code.partition("/")[0] for rule in covering()}
    for one in articles():
        assert set(one.rules) <= known, one
        assert all((ROOT / part).exists() for part in one.parts), one
        assert one.reason.endswith("。") or not one.reason, one
        assert one.asks.endswith("。"), one
