#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Turns what mmdebstrap made into what a registry's base image is. Runs inside it as root, from a copy of
# sandbox-image beside which the authorities of the building machine lie.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

trust_authorities() {
  cp "$here"/authorities/*.crt /usr/local/share/ca-certificates/ 2>/dev/null || true
  update-ca-certificates
}

# The package that is unpacked first knows no exclusions yet.
trim() {
  find /usr/share/doc -mindepth 1 ! -type d ! -name copyright -delete
  find /usr/share/doc -mindepth 1 -type d -empty -delete
  rm -rf /usr/share/man/* /usr/share/info/* /usr/share/locale/* /usr/share/lintian/*
}

# Options for the building machine, among them perhaps one against expired lists, and the password of its mirror
# are not for the image.
forget_the_builder() {
  find /etc/apt -name '*.list' -exec sed -i 's#://[^/@ ]*@#://#' {} +
  rm -f /etc/apt/apt.conf.d/99mmdebstrap /etc/dpkg/dpkg.cfg.d/99mmdebstrap /etc/resolv.conf /etc/hostname
}

trust_authorities
trim
forget_the_builder
