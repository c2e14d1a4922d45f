import json

from tools.docs.control_api import VERSION, control_api_document

from motia.workbench import ENDPOINTS


def test_every_route_is_described():
    document = json.loads(control_api_document())

    assert document["info"]["version"] == VERSION
    assert set(document["paths"]) == {endpoint.path for endpoint in ENDPOINTS}
