from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.recipes.schedules import Schedule, anneal, article_ramp, one_cycle

# torch.optim.lr_scheduler.OneCycleLR of PyTorch 2.13.0 with max_lr=0.01, total_steps=12 and its
# defaults otherwise: learning rate and momentum of each step, by anneal_strategy and three_phase.
TORCH = {
    ("linear", False): (
        (0.0004, 0.95),
        (0.00409230769231, 0.911538461538),
        (0.00778461538462, 0.873076923077),
        (0.00952381142857, 0.854761904762),
        (0.00833334, 0.866666666667),
        (0.00714286857143, 0.878571428571),
        (0.00595239714286, 0.890476190476),
        (0.00476192571429, 0.902380952381),
        (0.00357145428571, 0.914285714286),
        (0.00238098285714, 0.92619047619),
        (0.00119051142857, 0.938095238095),
        (3.99999999998e-08, 0.95),
    ),
    ("linear", True): (
        (0.0004, 0.95),
        (0.00409230769231, 0.911538461538),
        (0.00778461538462, 0.873076923077),
        (0.00852307692308, 0.865384615385),
        (0.00483076923077, 0.903846153846),
        (0.00113846153846, 0.942307692308),
        (0.000344833103448, 0.95),
        (0.000275874482759, 0.95),
        (0.000206915862069, 0.95),
        (0.000137957241379, 0.95),
        (6.89986206897e-05, 0.95),
        (4e-08, 0.95),
    ),
    ("cosine", False): (
        (0.0004, 0.95),
        (0.0034978965422, 0.917730244352),
        (0.00879285159122, 0.862574462591),
        (0.00994415435451, 0.850558458689),
        (0.00933012969841, 0.856698729811),
        (0.0081174565395, 0.868825509907),
        (0.00647378997695, 0.885262241279),
        (0.00462637102667, 0.903736504679),
        (0.00283060998209, 0.921694186956),
        (0.00133477530189, 0.936652593591),
        (0.000345669874254, 0.946543687432),
        (4e-08, 0.95),
    ),
    ("cosine", True): (
        (0.0004, 0.95),
        (0.0034978965422, 0.917730244352),
        (0.00879285159122, 0.862574462591),
        (0.00945018892314, 0.855727198717),
        (0.00462142393477, 0.906026834013),
        (0.000539479276355, 0.948547090871),
        (0.000381516932426, 0.95),
        (0.000312246189331, 0.95),
        (0.000210846698939, 0.95),
        (0.000106347680029, 0.95),
        (2.866570191e-05, 0.95),
        (4e-08, 0.95),
    ),
}


@pytest.mark.parametrize(("annealing", "three_phase"), TORCH)
def test_one_cycle_matches_pytorch(annealing, three_phase):
    found = [
        one_cycle(step, total_steps=12, peak=0.01, annealing=annealing, three_phase=three_phase)
        for step in range(12)
    ]
    np.testing.assert_allclose(found, TORCH[annealing, three_phase], rtol=0, atol=1e-9)


def by_interpolation(total, peak, pct_start, div, final_div, annealing, momentum, three_phase):
    """PyTorch's documented phases, computed another way: interpolation between their corners."""
    steps, initial, (slow, fast) = np.arange(total), peak / div, momentum
    top = pct_start * total - 1
    corners = [0, top, 2 * top, total - 1] if three_phase else [0, top, total - 1]
    rates = [initial, peak, initial] if three_phase else [initial, peak]
    momenta = [slow, fast, slow, slow] if three_phase else [slow, fast, slow]
    phase = np.interp(steps, corners, range(len(corners)))
    if annealing == "cosine":
        start = np.floor(phase)
        phase = start + (1 - np.cos(np.pi * (phase - start))) / 2
    numbers = range(len(corners))
    return np.column_stack(
        [
            np.interp(phase, numbers, [*rates, initial / final_div]),
            np.interp(phase, numbers, momenta),
        ]
    )


@settings(deadline=None)
@given(
    total=st.integers(20, 400),
    peak=st.floats(1e-4, 10),
    pct_start=st.floats(0.11, 0.45),
    div=st.floats(1.5, 100),
    final_div=st.floats(1, 1e5),
    annealing=st.sampled_from(["linear", "cosine"]),
    momentum=st.tuples(st.floats(0.9, 0.99), st.floats(0.5, 0.89)),
    three_phase=st.booleans(),
)
def test_one_cycle_reaches_its_corner_values(
    total, peak, pct_start, div, final_div, annealing, momentum, three_phase
):
    found = [
        one_cycle(
            step,
            total_steps=total,
            peak=peak,
            pct_start=pct_start,
            div_factor=div,
            final_div_factor=final_div,
            annealing=annealing,
            momentum=momentum,
            three_phase=three_phase,
        )
        for step in range(total)
    ]
    expected = by_interpolation(
        total, peak, pct_start, div, final_div, annealing, momentum, three_phase
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 * max(1, peak))


@pytest.mark.parametrize("annealing", ["linear", "cosine"])
def test_momentum_moves_inversely_to_the_learning_rate(annealing):
    cycle = [one_cycle(s, total_steps=100, peak=0.4, annealing=annealing) for s in range(100)]
    rates, momenta = np.array(cycle).T
    assert (np.sign(np.diff(rates)) == -np.sign(np.diff(momenta))).all()
    assert (rates[0], momenta[0]) == pytest.approx((0.4 / 25, 0.95))
    assert (rates[29], momenta[29]) == pytest.approx((0.4, 0.85))
    assert (rates[-1], momenta[-1]) == pytest.approx((0.4 / 25 / 1e4, 0.95))


@pytest.mark.parametrize("step", [-1, 10, 11])
def test_one_cycle_rejects_steps_outside_the_run(step):
    with pytest.raises(ValueError, match=f"step {step} is outside 0 ... 9"):
        one_cycle(step, total_steps=10, peak=1.0)


@pytest.mark.parametrize("annealing", ["linear", "cosine"])
def test_annealing_starts_and_ends_at_its_limits(annealing):
    values = [anneal(3.0, 1.0, share, annealing) for share in (0, 0.25, 0.5, 1)]
    quarter = 2.5 if annealing == "linear" else 2 + np.cos(np.pi / 4)
    assert values == pytest.approx([3, quarter, 2, 1])


def test_article_ramp_values():
    found = [article_ramp(epoch, 1e-3, 2e-3, 6) for epoch in range(24)]
    ramp = [1e-3, 7e-3 / 6, 8e-3 / 6, 9e-3 / 6, 10e-3 / 6, 11e-3 / 6]
    decay = [1e-3 * 0.5**epoch + 1e-3 for epoch in range(18)]
    assert found == pytest.approx([*ramp, *decay], rel=1e-12)
    assert found[6] == 2e-3


def test_article_ramp_with_a_plateau():
    found = [article_ramp(epoch, 1, 2, 2, sustain_epochs=3, decay=0.1) for epoch in range(8)]
    assert found == pytest.approx([1, 1.5, 2, 2, 2, 2, 1.1, 1.01])


def test_constant_schedule():
    schedule = Schedule("constant", peak=0.3)
    assert {schedule.at(step, 10, 2) for step in range(20)} == {(0.3, None)}


def test_article_ramp_changes_per_epoch_and_keeps_momentum():
    schedule = Schedule("article-ramp", floor=1.0, peak=2.0, ramp_epochs=2)
    found = [schedule.at(step, 3, 4) for step in range(12)]
    assert found == [(1.0, None)] * 3 + [(1.5, None)] * 3 + [(2.0, None)] * 3 + [(1.5, None)] * 3


def test_one_cycle_spans_the_whole_run():
    schedule = Schedule(
        "one-cycle",
        peak=0.2,
        pct_start=0.4,
        div_factor=5,
        final_div_factor=20,
        momentum=(0.9, 0.6),
    )
    for three_phase in (False, True):
        cycle = replace(schedule, three_phase=three_phase)
        found = [cycle.at(step, 10, 3) for step in range(30)]
        expected = by_interpolation(30, 0.2, 0.4, 5, 20, "cosine", (0.9, 0.6), three_phase)
        np.testing.assert_allclose(found, expected, atol=1e-9)


def test_one_cycle_defaults_match_pytorch():
    found = [one_cycle(step, total_steps=12, peak=0.01) for step in range(12)]
    np.testing.assert_allclose(found, TORCH["cosine", False], rtol=1e-9)


def test_one_cycle_without_momentum_returns_none():
    assert Schedule("one-cycle", peak=1.0).at(3, 5, 2)[1] is None
