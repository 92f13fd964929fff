"""Design and sample: what the counts may be."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.sample import SampleItem, Stratum, StratumSize, WeeklySample
from tests.builders import a_call, a_design, a_sample


@pytest.mark.parametrize("counts", [{"drawn": 11, "judged": 10}, {"drawn": 5, "judged": 11}])
def test_no_stratum_gives_more_calls_than_it_holds(counts):
    with pytest.raises(ValidationError, match="of 10"):
        StratumSize(stratum=Stratum(name="core"), population=10, **counts)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.2])
def test_a_fixed_share_is_a_part(share):
    with pytest.raises(ValidationError):
        Stratum(name="tail", share=share)


def test_a_design_adds_its_strata():
    sizes = tuple(
        StratumSize(stratum=Stratum(name=n), population=N, drawn=d, judged=N) for n, N, d in (("a", 40, 8), ("b", 60, 12))
    )
    design = a_design(strata=sizes)
    assert (design.population, design.drawn) == (100, 20)


@pytest.mark.parametrize(("field", "value"), [("position", 0), ("probability", 0.0), ("probability", 1.5)])
def test_a_drawn_call_has_a_place_and_a_chance(field, value):
    with pytest.raises(ValidationError):
        SampleItem(**{"position": 1, "stratum": "core", "key": "0", "probability": 0.5, "call": a_call(), field: value})


def test_the_frozen_digest_names_the_draw():
    assert a_sample(3).frozen_digest() == a_sample(3).frozen_digest()
    assert len({a_sample(n).frozen_digest() for n in (1, 2, 3)}) == 3
    assert a_sample(3).frozen_digest() != a_sample(3, redraw=1, reason="wrong scope").frozen_digest()


@pytest.mark.parametrize("asked", [{"items": ()}, {"Zoé": (1, 2), "items": (3,)}])
def test_the_digest_made_call_by_call_is_that_of_the_whole(asked):
    """Whatever else is called items, or says so in words."""
    sample = a_sample(3, design=a_design(asked=asked), redraw=1, reason='no "items":[] at all')
    whole = sample.model_dump(mode="json", exclude={"picked"})
    assert sample.frozen_digest() == digest_of(canonical_json(whole))


def test_an_item_is_known_by_source_and_id():
    assert [item.identity for item in a_sample(2).items] == [("demo", "c1"), ("demo", "c2")]


def a_picked(call_id="c9"):
    return SampleItem(position=4, stratum="picked", key="", probability=None, call=a_call(id=call_id))


def test_what_is_picked_by_hand_is_no_part_of_the_draw():
    sample = a_sample(3)
    more = sample.model_copy(update={"picked": (a_picked(),)})
    assert more.frozen_digest() == sample.frozen_digest()
    assert [item.call.id for item in more.on_sheets] == ["c1", "c2", "c3", "c9"]
    assert [item.call.id for item in more.items] == ["c1", "c2", "c3"]


@pytest.mark.parametrize("wrong", [{"items": (a_picked(),)}, {"picked": a_sample(1).items}])
def test_a_drawn_call_has_a_probability_and_a_picked_one_has_none(wrong):
    sample = a_sample(1)
    fields = {name: getattr(sample, name) for name in WeeklySample.model_fields}
    with pytest.raises(ValidationError, match="a picked one has none"):
        WeeklySample(**{**fields, **wrong})
