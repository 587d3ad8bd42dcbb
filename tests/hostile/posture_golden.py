# SPDX-License-Identifier: Apache-2.0
"""What posture_script.py has to find (F10): the same on every engine, but for what DIFFERENT lists with a reason."""

REFUSED = ("mount", "mount bind", "remount rw", "umount", "keyctl", "add_key", "request_key", "bpf", "io_uring_setup", "perf_event_open",
           "userfaultfd", "open_by_handle_at", "fsopen", "open_tree", "mount_setattr", "pidfd_getfd", "fanotify_init", "init_module",
           "finit_module", "kexec_load", "reboot", "swapon", "acct", "quotactl", "settimeofday", "sethostname", "kernel log",
           "pivot_root", "chroot", "unshare mounts", "unshare network", "unshare processes", "ptrace PID 1",
           "mount in a user namespace", "unmount in a user namespace", "keys in a user namespace", "bpf in a user namespace", "mknod",
           "mknod in a user namespace", "setgroups", "nice", "more open files")
READ_ONLY = ("/", "/usr", "/etc", "/opt", "/opt/computer-use", "/run", "/run/computer-use", "/sys", "/mnt/skills", "/mnt/user-data/uploads",
             "/home", "/var")
OPEN = ("/mnt/user-data/outputs", "/home/assistant", "/tmp", "/var/tmp", "/dev/shm")
FORBIDDEN = ("/etc/passwd", "/opt/computer-use/computer-use-guest", "/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern",
             "/proc/sys/vm/overcommit_memory", "/proc/sys/net/ipv4/ip_forward", "/proc/1/oom_score_adj", "/proc/1/mem")
SECRET = ("/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/proc/acpi", "/proc/kmsg", "/dev/kmsg",
          "/sys/firmware", "/sys/kernel/security", "/sys/kernel/debug", "/proc/1/environ", "/proc/1/mem", "/proc/1/maps", "/proc/1/root/",
          "/proc/1/fd", "/etc/shadow", "/root")
NO_CAPABILITY = "0000000000000000"

SAME = {
    "interfaces": ["lo"],
    "connect": dict.fromkeys(("192.0.2.1:80", "169.254.169.254:80", "10.0.0.1:80", "2001:db8::1:80"), "ENETUNREACH"),
    "user": [1000, 1000, 1000, 1000],
    "hostname": "sandbox",
    "status": dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), NO_CAPABILITY) | {"NoNewPrivs": "1", "Seccomp": "2"},
    "limits": {"core": [0, 0], "nofile": [16384, 16384]},
    # A signal to PID 1 can be sent and does nothing.
    "calls": dict.fromkeys(REFUSED, "EPERM") | {"kill PID 1": "ok"},
    "sockets": dict.fromkeys(("AF_PACKET", "AF_ALG", "AF_VSOCK", "AF_BLUETOOTH", "AF_XDP", "AF_TIPC"), "EAFNOSUPPORT") | {
        "AF_INET raw": "EPERM", "AF_NETLINK route": "ok", "AF_UNIX": "ok"},
    "write": dict.fromkeys(READ_ONLY, "EROFS") | dict.fromkeys(OPEN, "ok") | dict.fromkeys(FORBIDDEN, {"EACCES", "EROFS"}) |
             dict.fromkeys(("/proc/sysrq-trigger", "/proc/irq", "/proc/bus"), {"EACCES", "EROFS", "ENOENT"}),
    "writable": {"/proc/sys": [], "/sys": []},
    "read": dict.fromkeys(SECRET, False),
    "present": [],
    "sudo": "",
    "first_program": "computer-use-gu",
    "strangers": [],
    "environment": ["ALL_PROXY", "HOME", "HTTPS_PROXY", "HTTP_PROXY", "JAVA_TOOL_OPTIONS", "LANG", "LOGNAME", "NODE_USE_ENV_PROXY", "NO_PROXY",
                    "NPM_CONFIG_PREFIX", "PATH", "PIP_BREAK_SYSTEM_PACKAGES", "PIP_DISABLE_PIP_VERSION_CHECK", "PWD", "PYTHONUNBUFFERED",
                    "SHELL", "SHLVL", "TERM", "USER", "_", "all_proxy", "http_proxy", "https_proxy", "no_proxy"],
    "devices": {"/dev/full": "1:7", "/dev/null": "1:3", "/dev/pts/ptmx": "5:2", "/dev/random": "1:8", "/dev/tty": "5:0",
                "/dev/urandom": "1:9", "/dev/zero": "1:5"},
    "unix_sockets": ["server.sock"],
}

# What both mount, with what the engine adds; a set: any of them.
MOUNTS = {
    "/": "ro directory", "/proc": "rw proc nosuid nodev noexec", "/dev/pts": "rw devpts nosuid noexec",
    "/tmp": "rw tmpfs nosuid nodev", "/var/tmp": "rw tmpfs nosuid nodev", "/dev/shm": "rw tmpfs nosuid nodev",
    "/run/computer-use": "ro directory", "/opt/computer-use": "ro directory", "/home/assistant": "rw directory",
    "/mnt/user-data/uploads": "ro directory", "/mnt/user-data/outputs": "rw directory", "/mnt/skills": "ro directory",
}

# (where, reason, {engine: what})
DIFFERENT = [
    ("groups", "Docker keeps the user's own group as a supplementary one, here all are given up before bubblewrap starts",
     {"docker": [1000], "native": []}),
    ("uid_map", "natively there is a user namespace, in which host root does not exist at all",
     {"docker": "0 0 4294967295", "native": "1000 0 1"}),
    ("calls/setuid 0", "natively there is no user 0", {"docker": "EPERM", "native": "EINVAL"}),
    ("sockets/AF_KEY", "Docker before 23 answers EPERM where the profile says ENOSYS", {"docker": {"EPERM", "ENOSYS"}, "native": "ENOSYS"}),
    ("sockets/AF_NETLINK nftables", "as AF_KEY", {"docker": {"EPERM", "ENOSYS"}, "native": "ENOSYS"}),
    ("sockets/AF_NETLINK audit", "as AF_KEY", {"docker": {"EPERM", "ENOSYS"}, "native": "ENOSYS"}),
    ("sockets/high bit and AF_VSOCK", "as AF_KEY", {"docker": {"EPERM", "ENOSYS"}, "native": "ENOSYS"}),
    ("write//dev", "Docker's /dev is writable to root only, natively to nobody", {"docker": "EACCES", "native": "EROFS"}),
    ("read//proc/key-users", "it lists the users of a user namespace: with Docker that is the host's (numbers, no keys)",
     {"docker": {True, False}, "native": False}),
]

# Targets that one engine alone mounts, and why.
ONLY_MOUNTED = {
    "docker": {
        "/dev/mqueue": "message queues of the sandbox's own",
        "/etc/hostname": "the name, as a file of Docker's",
        "/etc/hosts": "as /etc/hostname", "/etc/resolv.conf": "as /etc/hostname",
        "/sys": "sysfs, read-only", "/sys/firmware": "hidden below an empty directory",
        "/sys/fs/cgroup": "the sandbox's own part of the control groups, read-only",
        "/sys/devices/virtual/powercap": "hidden", "/proc/acpi": "hidden", "/proc/keys": "hidden", "/proc/timer_list": "hidden",
        "/proc/sched_debug": "hidden", "/proc/kcore": "hidden", "/proc/scsi": "hidden", "/proc/latency_stats": "hidden",
        "/proc/timer_stats": "hidden", "/proc/asound": "hidden", "/proc/interrupts": "hidden",
        "/proc/bus": "read-only", "/proc/fs": "read-only", "/proc/irq": "read-only", "/proc/sysrq-trigger": "read-only",
    },
    "native": {
        "/run": "read-only and empty but for the socket's directory; with Docker it is part of the image",
        "/sys": "read-only and empty but for the memory group: sysfs would show the machine",
        "/sys/fs/cgroup": "cgroup v2: how often memory ran out, read-only",
        "/sys/fs/cgroup/memory": "cgroup v1: as above",
    } | dict.fromkeys(("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"),
                      "a user may not make devices, so the host's six are mounted"),
}
BOTH_WAYS = {"/dev": "made by the engine; see write//dev", "/proc/sys": "read-only"}
