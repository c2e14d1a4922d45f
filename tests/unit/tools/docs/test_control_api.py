import json

from tools.docs.control_api import VERSION, control_api_document, control_api_page

from motia.workbench import ENDPOINTS


def test_every_route_is_described():
    document = json.loads(control_api_document())

    assert document["info"]["version"] == VERSION
    assert set(document["paths"]) == {endpoint.path for endpoint in ENDPOINTS}


def test_every_route_is_on_the_page_with_what_it_needs():
    page = control_api_page()

    missing = [
        endpoint.path
        for endpoint in ENDPOINTS
        if f"| `{endpoint.method} {endpoint.path}` | {endpoint.permission} |" not in page
    ]

    assert missing == []
