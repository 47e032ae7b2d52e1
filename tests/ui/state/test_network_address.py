"""By which address others reach the server: from a browser on the same computer, on several networks, and on none."""

from __future__ import annotations

import ipaddress

import pytest

from lstm_viz.ui.state.network_address import is_own_computer, lan_addresses, ordered_addresses, reach

PAGE = "http://localhost:8501/units?text=a%26b&unit=3"


def test_a_page_opened_on_this_computer_is_shared_by_each_of_its_addresses() -> None:
    found = reach(PAGE, "", ["192.168.1.5", "10.0.0.7"])
    assert found.links == (
        "http://192.168.1.5:8501/units?text=a%26b&unit=3",
        "http://10.0.0.7:8501/units?text=a%26b&unit=3",
    )
    assert found.by_others
    assert "localhost" in found.note


@pytest.mark.parametrize("host", ["192.168.1.5:8501", "lab.example.org", "[2001:db8::7]:8501", "müller.example", "10.0.0.7"])
def test_an_address_that_others_have_too_stays(host: str) -> None:
    link = f"https://{host}/base/units?text=x"
    assert reach(link, "", ["192.168.9.9"]).links == (link,)
    assert reach(link, "localhost", []).links == (link,)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "app.localhost", "127.0.0.1", "127.8.9.1", "[::1]", "0.0.0.0"])
def test_every_name_of_one_s_own_computer_is_replaced(host: str) -> None:
    assert reach(f"http://{host}:8501/", "0.0.0.0", ["192.168.1.5"]).links == ("http://192.168.1.5:8501/",)


def test_without_a_network_and_with_a_closed_server_it_is_said() -> None:
    alone = reach(PAGE, "", [])
    closed = reach(PAGE, "127.0.0.1", ["192.168.1.5"])
    assert alone.links == closed.links == (PAGE,)
    assert not alone.by_others
    assert not closed.by_others
    assert "no network" in alone.note
    assert "--host 0.0.0.0 --class" in closed.note


def test_a_server_at_one_address_is_reached_there_alone() -> None:
    assert reach(PAGE, "10.0.0.7", ["192.168.1.5", "10.0.0.7"]).links == ("http://10.0.0.7:8501/units?text=a%26b&unit=3",)
    assert reach("http://localhost/", "2001:db8::7", []).links == ("http://[2001:db8::7]/",)


def test_addresses_are_ordered_by_use_and_containers_come_last() -> None:
    interfaces = {
        "lo": ["127.0.0.1"], "docker0": ["172.17.0.1"], "wlan0": ["10.1.2.3"], "eth0": ["192.168.1.5", "169.254.3.4"],
        "ppp0": ["81.2.3.4"], "eth1": ["192.168.1.5"],
    }  # fmt: skip
    assert ordered_addresses(interfaces, "192.168.1.5") == ["192.168.1.5", "10.1.2.3", "81.2.3.4", "172.17.0.1"]
    assert ordered_addresses({"lo": ["127.0.0.1"], "eth0": ["169.254.3.4"]}, None) == []


def test_this_computer_s_own_addresses_are_no_loopback() -> None:
    found = lan_addresses()
    assert len(found) == len(set(found))
    assert not any(ipaddress.ip_address(each).is_loopback or is_own_computer(each) for each in found)
