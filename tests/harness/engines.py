# SPDX-License-Identifier: Apache-2.0
"""The engines that every suite runs on."""

import os

from harness.engine import Engine
from harness.native_engine import NativeEngine

ENGINES = {"docker": lambda: Engine(os.environ["CUS_DOCKER_SOCKET"]), "native": NativeEngine}
