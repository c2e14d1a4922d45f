import os

import pytest

from motia.model import MotiaError
from motia.workbench.source_routes import SOURCE_BYTES_MAX, read_source


async def test_the_file_of_a_step_is_shown_with_its_line(client, world):
    file = world.root / "motia" / "steps" / "mail.py"
    file.parent.mkdir(parents=True)
    file.write_text("# <script>alert(1)</script>\n\ndef f(): ...\n")

    source = (await client.get("/v1/steps/send-mail/source")).json()

    assert (source["file"], source["line"], source["language"]) == ("motia/steps/mail.py", 3, "python")
    assert source["text"].startswith("# <script>")


@pytest.mark.parametrize("step", ["..%2f..%2fetc%2fpasswd", "motia%2fsteps%2fmail.py", "send-mail%00"])
async def test_only_a_step_names_a_file(client, step):
    assert (await client.get(f"/v1/steps/{step}/source")).status_code == 404


async def test_a_file_that_is_gone_is_404(client):
    answer = await client.get("/v1/steps/send-mail/source")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "source-not-found")


@pytest.mark.parametrize(
    "file", ["../outside.py", "/etc/passwd", "link.py", "linked/outside.py", "a\0b", "folder", "pipe", ""]
)
def test_nothing_outside_the_project_is_read(tmp_path, file):
    root = tmp_path / "project"
    (root / "folder").mkdir(parents=True)
    (tmp_path / "outside.py").write_text("secret")
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "linked").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")

    with pytest.raises(MotiaError) as caught:
        read_source(root, file)

    assert caught.value.code == "source-not-found"


def test_a_link_inside_the_project_is_followed(tmp_path):
    (tmp_path / "real.py").write_bytes(b"caf\xe9")
    (tmp_path / "link.py").symlink_to("real.py")

    assert read_source(tmp_path, "link.py") == "caf\ufffd"


def test_a_large_file_is_refused(tmp_path):
    (tmp_path / "large.py").write_bytes(b"x" * (SOURCE_BYTES_MAX + 1))

    with pytest.raises(MotiaError, match="larger"):
        read_source(tmp_path, "large.py")
