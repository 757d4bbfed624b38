"""Ports of a container instance that the host chooses: API reference, PortMapping, hostPort."""

from __future__ import annotations

from pytest_ecsfake.engine.tasks.host_ports import choose_port
from pytest_ecsfake.state.container_instance import DYNAMIC_PORTS


def test_ports_are_chosen_in_turn_and_those_that_are_taken_are_left_out(add_instance):
    first = DYNAMIC_PORTS[0]
    instance = add_instance("i", used_ports={first + 1}, used_ports_udp={first + 2})

    assert [choose_port(instance) for _ in range(2)] == [first, first + 3]


def test_after_the_last_port_the_first_one_comes_again(add_instance):
    instance = add_instance("i", next_dynamic_port=DYNAMIC_PORTS[-1])

    assert [choose_port(instance) for _ in range(2)] == [DYNAMIC_PORTS[-1], DYNAMIC_PORTS[0]]
