# SPDX-License-Identifier: Apache-2.0
"""Every test that does not run on all engines, by what it is about, with the reason. (Where both can be asked and
answer differently, hostile/posture_golden.py says how and why.)"""

import pytest

FAULTS_OF_A_DAEMON = pytest.mark.docker_only(
    "a daemon that hangs, dies or speaks another version; the native engine has none, its own faults are in native_errors_test.py")
ASKED_OVER_A_SOCKET = pytest.mark.docker_only(
    "what is said on the engine's socket, recorded by a proxy; the native engine's words are arguments and files, which "
    "secrets_test.py reads")
LABELS = pytest.mark.docker_only("labels of containers; the native engine keeps a directory for each sandbox instead")

BOTH_AT_ONCE = pytest.mark.own_engines("each test uses both engines, so that it runs once")

FAULTS_OF_BUBBLEWRAP = pytest.mark.native_only(
    "the program, the images and the host users that only the native engine needs; Docker brings its own or has no such thing")
HOST_USERS = pytest.mark.native_only(
    "a host user for each sandbox; with Docker all are uid 1000, so that only namespaces keep them apart")
IMAGE_ON_DISK = pytest.mark.native_only(
    "the image is a directory that the test can compare with; Docker keeps layers in a store of its own")
PROCESS_RECORDS = pytest.mark.native_only(
    "numbers of processes that a reboot gives to others; Docker's daemon remembers its containers itself")
MANY_AT_ONCE = pytest.mark.native_only("50 sandboxes at work take Docker a minute to make; restart_test.py kills its server too")
NO_ROOT = pytest.mark.native_only("a server without any right on its machine; whoever may speak to Docker is root")
