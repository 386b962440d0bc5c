"""Every host's SDK is there and has an opinion: a plain request is fine, a member nobody knows is not, nor a wrong kind."""
import pytest

import opinion_hosts

PLAIN = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
TOOL = {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}


@pytest.mark.parametrize("host", sorted(opinion_hosts.JUDGES))
@pytest.mark.parametrize("body, ok", [
    (PLAIN, True),
    ({**PLAIN, "stream": True, "temperature": 0.5, "max_tokens": 5}, True),
    ({**PLAIN, "tools": [TOOL]}, True),
    ({**PLAIN, "wibble": 1}, False),
    ({**PLAIN, "messages": [{"role": "user", "content": "Hi", "wibble": 1}]}, False),
    ({**PLAIN, "temperature": "warm"}, False),
    ({"model": "m", "messages": "Hi"}, False),
])
def test_opinion(host, body, ok):
    if host == "sambanova" and "wibble" in body["messages"][0]:
        pytest.skip("its types of messages say themselves that they take more")
    faults = opinion_hosts.of(host, body)
    assert (not faults) is ok, faults
