"""The Workbench's port in-process, over a control API that nothing real stands behind, and clients of it."""

import contextlib

import httpx
import msgspec
from tests.doubles.routes import declared_routes

from motia.project import Workbench
from motia.workbench import ControlApi
from motia.workbench.access import Access
from motia.workbench.screens import Screens
from motia.workbench.session_file import SessionFile
from motia.workbench.site import Site

TOKEN, VIEW_TOKEN = "0123456789abcdef" * 4, "fedcba9876543210" * 4
ORIGIN = "http://localhost:3000"
OURS = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
HTML = {"accept": "text/html,*/*"}
# Found by walking the router, and with all methods that it takes (HEAD beside GET).
ROUTES = sorted((method, route.path) for route in declared_routes() for method in route.methods or ())
CHANGES = [(method, path) for method, path in ROUTES if method not in ("GET", "HEAD")]
PATHS = sorted({path for _, path in ROUTES})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FROB")

TRAVERSALS = [
    b"/../../etc/passwd",
    b"/..%2f..%2fetc%2fpasswd",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"/..%252f..%252fetc%252fpasswd",
    b"/%252e%252e/etc/passwd",
    b"/..%5c..%5cetc%5cpasswd",
    b"/assets/..%5c..%5csecret",
    b"/assets/../../secret",
    b"/assets/a-1.js%00.html",
    b"/%00",
    b"//etc/passwd",
    b"/./secret",
    b"/assets/%c0%ae%c0%ae/secret",
    b"/%2e%2e%5csecret",
    b"/a%0d%0aset-cookie:x=1",
]


class Browser:
    """A site over the world's API, and clients of it."""

    def __init__(self, world, environment, *, base="", folder="dist", tokens=(TOKEN, VIEW_TOKEN)):
        workbench = Workbench(token=tokens[0], view_token=tokens[1], base_path=base)
        config = msgspec.structs.replace(world.deps.config, environment=environment, workbench=workbench)
        self.world = world
        self.environment = environment
        self.raw = b""
        self.access = Access(config, clock=world.clock, port=3000)
        api = ControlApi(msgspec.structs.replace(world.deps, config=config))
        screens = Screens(world.root / folder, base=base)
        self.file = SessionFile(world.root / "sessions.json", environment=environment, tell=world.told.append)
        self.site = Site(config, api=api, access=self.access, screens=screens, sessions=self.file)

    async def after_restart(self, **given):
        """The same Workbench of another process."""
        made = Browser(self.world, self.environment, **given)
        made.access.restore(await made.file.load())
        return made

    async def app(self, scope, receive, send):
        # A path as an attacker sends it: httpx would tidy it.
        await self.site({**scope, "raw_path": self.raw or scope["raw_path"]}, receive, send)

    def client(self, **headers):
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=("127.0.0.1", 1))
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)

    @contextlib.asynccontextmanager
    async def logged_in(self, token=TOKEN):
        async with self.client() as client:
            await client.post("/login", data={"token": token}, headers=OURS)
            assert client.cookies
            yield client


def filled(path):
    return path.replace("{", "").replace("}", "")


def cookie_of(kept):
    """The header of a browser that kept these cookies."""
    return {"cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}


def changed(world):
    """What a call could have changed."""
    return (len(world.ledger.runs), dict(world.ledger.state), set(world.ledger.paused_steps), world.stops)
