# SPDX-License-Identifier: Apache-2.0
"""What a sandbox sees of this machine's files: the image, the mounts of the contract and nothing else."""

import os
import subprocess

import pytest

from harness.only import IMAGE_ON_DISK

pytestmark = IMAGE_ON_DISK

# What the engine mounts over the image; each but /dev, /run and /sys is the sandbox's own or the kernel's.
PLACES = ("/proc", "/dev", "/sys", "/run", "/tmp", "/var/tmp", "/home/assistant", "/opt/computer-use", "/mnt/skills",
          "/mnt/user-data/uploads", "/mnt/user-data/outputs")
OVER_THE_IMAGE = {
    "/run": {"/run/computer-use"},  # which may be passed, not listed
    "/opt/computer-use": {"/opt/computer-use/computer-use-guest"},
    "/mnt/skills": set(), "/mnt/user-data/uploads": set(), "/mnt/user-data/outputs": set(),
}
DEVICES = {"null", "zero", "full", "random", "urandom", "tty", "pts", "pts/ptmx", "ptmx", "shm", "fd", "stdin", "stdout", "stderr", "core"}


def below(path, place):
    return path == place or path.startswith(place + "/")


def image_files(rootfs):
    """Every path of the image that user 1000 may list, as the sandbox names it."""
    return set(find(["setpriv", "--reuid=65432", "--regid=65432", "--clear-groups"], rootfs))


def find(prefix, root):
    told = subprocess.run(prefix + ["find", root, "-printf", "/%P\\n"], capture_output=True, text=True, check=False, timeout=60)
    return told.stdout.splitlines()


@pytest.fixture(scope="module")
def seen(shared_server):
    """Every path that code inside can name."""
    home = shared_server.home_of("visible") if shared_server.run("visible", "find / > found 2>/dev/null; true") else None
    with open(f"{home}/found", encoding="utf-8", errors="surrogateescape") as file:
        return set(file.read().splitlines())


def test_given_the_image_when_a_sandbox_lists_everything_then_outside_the_mounts_it_is_the_image_and_nothing_more(seen):
    rootfs = os.path.realpath(os.path.join(os.environ["CUS_IMAGES_DIR"], "core", "rootfs"))
    outside = {path for path in seen if not any(below(path, place) for place in PLACES)}
    image = {path for path in image_files(rootfs) if not any(below(path, place) for place in PLACES)}
    assert outside - image == set()
    assert image - outside == set()
    assert len(outside) > 5000  # it was listed at all


def test_given_the_mounts_when_a_sandbox_lists_them_then_each_holds_its_own_and_no_more(seen):
    for place, wanted in OVER_THE_IMAGE.items():
        assert {path for path in seen if path.startswith(place + "/")} == wanted, place
    assert {path.removeprefix("/dev/") for path in seen if path.startswith("/dev/")} <= DEVICES
    groups = {path for path in seen if path.startswith("/sys/")} - {"/sys/fs", "/sys/fs/cgroup"}
    assert all(path.startswith("/sys/fs/cgroup/") for path in groups)
    assert not any(os.path.basename(path) == "computer-use" for path in groups), "the groups of others"


def test_given_the_contents_of_the_host_when_a_sandbox_searches_for_them_then_they_are_not_there(shared_server, tmp_path):
    note = tmp_path / "a-file-of-the-host"
    note.write_text("host")
    told = shared_server.run("visible", f"find / -name {note.name} 2>/dev/null; cat {note} {shared_server.data_root}/store.sqlite "
                                        f"/proc/1/root{note} /proc/1/cwd/..{note} 2>/dev/null; echo looked")
    assert told == "looked\n[exit 0]"
