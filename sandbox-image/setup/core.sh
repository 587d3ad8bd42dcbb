#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Turns a bare Debian 13 root file system into the core sandbox. Runs inside it as root, from a copy of
# sandbox-image: in `docker build`, or in the chroot of sandbox-image/build.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
export DEBIAN_FRONTEND=noninteractive

slim_package_manager() {
  cat >/etc/dpkg/dpkg.cfg.d/sandbox <<'CFG'
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/lintian/*
path-exclude=/usr/share/locale/*
path-include=/usr/share/doc/*/copyright
CFG
  cat >/etc/apt/apt.conf.d/90sandbox <<'CFG'
APT::Install-Recommends "false";
Acquire::Languages "none";
CFG
}

# A frozen mirror serves suites whose Release file has expired; the signatures are checked either way.
refresh_package_lists() {
  apt-get -q update && return
  echo "package lists are out of date or incomplete: once more without the check of their age"
  echo 'Acquire::Check-Valid-Until "false";' >/etc/apt/apt.conf.d/91no-age-check
  apt-get -q update
}

# sandbox-image/build brings the packages along; only `docker build` needs the network here.
install_packages() {
  local wanted name
  mapfile -t wanted < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1")
  for name in "${wanted[@]}"; do
    dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed && continue
    refresh_package_lists
    apt-get -q install -y --no-install-recommends "${wanted[@]}"
    break
  done
  update-ca-certificates
}

# The modes of a checkout depend on somebody's umask: inside, everybody may read.
copy_files() {
  chmod -R u=rwX,go=rX "$here/root"
  cp -a --no-preserve=ownership "$here/root/." /
}

add_user() {
  groupadd --gid 1000 assistant
  useradd --uid 1000 --gid 1000 --no-create-home --home-dir /home/assistant --shell /bin/bash assistant
  install -d -o 1000 -g 1000 -m 0755 /home/assistant
}

make_mount_points() {
  mkdir -p /mnt/user-data/uploads /mnt/user-data/outputs /mnt/skills /run/computer-use /opt/computer-use
}

# The root file system is read-only and nobody is root: a set-user-id bit could only do harm.
drop_set_id_bits() {
  find / -xdev -type f -perm /6000 -exec chmod a-s {} +
}

clean_up() {
  apt-get clean
  rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/* /etc/apt/apt.conf.d/91no-age-check
}

slim_package_manager
install_packages "$here/packages/core.txt"
copy_files
add_user
make_mount_points
drop_set_id_bits
clean_up
