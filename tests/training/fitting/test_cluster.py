"""Cluster configuration, and waiting for workers; without TensorFlow."""

import json
import socket
import threading

import pytest

from training.console.errors import TrainingError
from training.fitting.cluster import Cluster, find_cluster, read_cluster, wait_for_workers

TWO = ["a.example:2222", "b.example:2223"]


def tf_config(cluster, kind="worker", index=0):
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})


def test_the_first_worker_is_the_chief():
    first, second = (read_cluster(tf_config({"worker": TWO}, index=index)) for index in (0, 1))
    assert first.addresses == second.addresses == tuple(TWO)
    assert (first.index, second.index) == (0, 1)
    assert first.chief
    assert not second.chief
    assert second.name(1) == "worker 1 (b.example:2223)"


def test_a_separate_chief_comes_before_the_workers():
    cluster = read_cluster(tf_config({"worker": TWO[1:], "chief": TWO[:1]}, "worker", 0))
    assert cluster.addresses == tuple(TWO)
    assert cluster.index == 1
    assert read_cluster(tf_config({"worker": TWO[1:], "chief": TWO[:1]}, "chief", 0)).chief


@pytest.mark.parametrize("text", ["", "{}", tf_config({"worker": TWO[:1]}), '{"cluster": {}}'])
def test_without_others_a_process_is_alone(text):
    cluster = read_cluster(text)
    assert cluster.alone
    assert cluster.chief


@pytest.mark.parametrize(
    "text",
    [
        "worker 0 of 2",
        "[]",
        json.dumps({"cluster": {"worker": TWO}}),
        tf_config({"worker": TWO}, index=2),
        tf_config({"worker": TWO}, kind="evaluator"),
        tf_config({"worker": ["a.example", "b.example"]}),
    ],
)
def test_an_invalid_tf_config_is_reported_in_one_line(text):
    with pytest.raises(TrainingError, match="TF_CONFIG does not name the workers") as error:
        read_cluster(text)
    assert "\n" not in error.value.message


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Error reported from /job:worker/task:0: unhealthy:\n/job:worker/replica:0/task:1\n", 1),
        ("GRPC error from remote target /job:chief/replica:0/task:0 while calling", 0),
        ("/job:worker/replica:0/task:0 has crashed", None),
        ("Connection reset by peer", None),
    ],
)
def test_the_lost_worker_is_found_in_tensorflows_message(message, name):
    jobs = (("chief", 0), ("worker", 0), ("worker", 1))
    # This process is the first worker after the chief; it never names itself.
    cluster = Cluster(("c:1", "a:2", "b:3"), jobs, index=1)
    expected = "another worker" if name is None else cluster.name(2 if name else 0)
    assert cluster.lost(message) == expected


@pytest.fixture
def addresses(free_addresses):
    return free_addresses(2)


def cluster_at(addresses, index):
    return Cluster(addresses, (("worker", 0), ("worker", 1)), index)


def test_workers_wait_for_each_other(addresses):
    waiting, lines, met = threading.Event(), [], []

    def log(line):
        lines.append(line)
        waiting.set()

    def work(index, stop):
        wait_for_workers(cluster_at(addresses, index), log, 60, notice_after=0)
        met.append(index)
        # TensorFlow does so next.
        with socket.create_server(("", int(addresses[index].rpartition(":")[2]))):
            stop()

    first_may_stop, second_may_stop = threading.Event(), threading.Event()

    def stop_first():
        second_may_stop.set()
        first_may_stop.wait(60)

    first = threading.Thread(target=work, args=(0, stop_first))
    first.start()
    assert waiting.wait(60)
    assert met == []
    work(1, lambda: second_may_stop.wait(60))
    first_may_stop.set()
    first.join(60)
    assert sorted(met) == [0, 1]
    assert lines[0] == f"waiting for worker 1 ({addresses[1]})"


def test_waiting_for_workers_times_out(addresses):
    with pytest.raises(TrainingError, match=f"worker 0 .{addresses[0]}. did not answer within 0 s"):
        wait_for_workers(cluster_at(addresses, 1), lambda line: None, patience=0)


def test_port_in_use_is_reported(addresses):
    port = int(addresses[0].rpartition(":")[2])
    with (
        socket.create_server(("", port)),
        pytest.raises(
            TrainingError, match=f"cannot listen at {addresses[0]}: Address already in use$"
        ),
    ):
        wait_for_workers(cluster_at(addresses, 0), lambda line: None)


def test_without_tf_config_a_process_is_alone(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert find_cluster("auto").alone
    with pytest.raises(TrainingError, match="--strategy multi-worker needs TF_CONFIG"):
        find_cluster("multi-worker")


@pytest.mark.parametrize(
    ("name", "alone"), [("auto", False), ("multi-worker", False), ("mirrored", True), (None, True)]
)
def test_tf_config_applies_unless_another_strategy_is_requested(name, alone, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", tf_config({"worker": ["a:1", "b:2"]}, index=1))
    assert find_cluster(name).alone is alone
