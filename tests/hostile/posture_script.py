# SPDX-License-Identifier: Apache-2.0
"""Runs inside a sandbox, needs nothing but Python, prints as JSON what code there can see and do."""

import ctypes
import errno
import json
import os
import platform
import resource
import socket
import stat
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {  # the calls that the C library has no function for, or hides the answer of
    "x86_64": {"mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "keyctl": 250, "add_key": 248, "request_key": 249,
               "bpf": 321, "io_uring_setup": 425, "perf_event_open": 298, "userfaultfd": 323, "open_by_handle_at": 304,
               "name_to_handle_at": 303, "init_module": 175, "finit_module": 313, "kexec_load": 246, "reboot": 169, "swapon": 167,
               "acct": 163, "settimeofday": 164, "sethostname": 170, "fsopen": 430, "open_tree": 428, "move_mount": 429,
               "mount_setattr": 442, "pidfd_getfd": 438, "fanotify_init": 300, "quotactl": 179, "syslog": 103},
    "aarch64": {"mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "keyctl": 219, "add_key": 217, "request_key": 218,
                "bpf": 280, "io_uring_setup": 425, "perf_event_open": 241, "userfaultfd": 282, "open_by_handle_at": 265,
                "name_to_handle_at": 264, "init_module": 105, "finit_module": 273, "kexec_load": 104, "reboot": 142, "swapon": 224,
                "acct": 89, "settimeofday": 170, "sethostname": 161, "fsopen": 430, "open_tree": 428, "move_mount": 429,
                "mount_setattr": 442, "pidfd_getfd": 438, "fanotify_init": 262, "quotactl": 60, "syslog": 116},
}[platform.machine()]
NEW_USER, NEW_NS, NEW_NET, NEW_PID = 0x10000000, 0x00020000, 0x40000000, 0x20000000


def answer(result):
    return "ok" if result >= 0 else errno.errorcode.get(ctypes.get_errno(), str(ctypes.get_errno()))


def attempt(call):
    """"ok", or the name of the error."""
    try:
        call()
        return "ok"
    except OSError as error:
        return errno.errorcode[error.errno]


def system_call(name, *arguments):
    return answer(libc.syscall(NUMBERS[name], *[ctypes.c_long(x) if isinstance(x, int) else x for x in arguments]))


def in_child(call):
    """What a call answers in a process of its own, so that it may spoil its own."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, str(call()).encode())
        os._exit(0)
    os.close(write)
    text = os.read(read, 100).decode()
    os.waitpid(pid, 0)
    return text


def in_user_namespace(call):
    return in_child(lambda: call() if libc.unshare(NEW_USER | NEW_NS) == 0 else "no user namespace")


def status(name):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(name + ":"))


def calls():
    path = ctypes.c_char_p(b"/tmp")
    handle = ctypes.create_string_buffer(bytes([8, 0, 0, 0, 1, 0, 0, 0]) + bytes(120))
    found = {
        "mount": system_call("mount", b"none", path, b"tmpfs", 0, 0),
        "mount bind": system_call("mount", b"/", path, 0, 4096, 0),
        "remount rw": system_call("mount", b"none", b"/", 0, 32, 0),
        "umount": system_call("umount2", path, 2),
        "keyctl": system_call("keyctl", 0, -3, 0),
        "add_key": system_call("add_key", b"user", b"x", b"y", 1, -3),
        "request_key": system_call("request_key", b"user", b"x", 0, 0),
        "bpf": system_call("bpf", 0, 0, 0),
        "io_uring_setup": system_call("io_uring_setup", 1, ctypes.create_string_buffer(256)),
        "perf_event_open": system_call("perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0),
        "userfaultfd": system_call("userfaultfd", 0),
        "open_by_handle_at": system_call("open_by_handle_at", -100, handle, 0),
        "fsopen": system_call("fsopen", b"tmpfs", 0),
        "open_tree": system_call("open_tree", -100, b"/", 1),
        "mount_setattr": system_call("mount_setattr", -100, b"/", 0, ctypes.create_string_buffer(32), 32),
        "pidfd_getfd": system_call("pidfd_getfd", 0, 0, 0),
        "fanotify_init": system_call("fanotify_init", 0, 0),
        "init_module": system_call("init_module", 0, 0, b""),
        "finit_module": system_call("finit_module", 0, b"", 0),
        "kexec_load": system_call("kexec_load", 0, 0, 0, 0),
        "reboot": system_call("reboot", 0, 0, 0, 0),
        "swapon": system_call("swapon", path, 0),
        "acct": system_call("acct", 0),
        "quotactl": system_call("quotactl", 0, 0, 0, 0),
        "settimeofday": system_call("settimeofday", ctypes.create_string_buffer(16), 0),
        "sethostname": system_call("sethostname", b"other", 5),
        "kernel log": system_call("syslog", 3, ctypes.create_string_buffer(64), 64),
        "pivot_root": system_call("pivot_root", path, path),
        "chroot": in_child(lambda: system_call("chroot", path)),
        "unshare mounts": in_child(lambda: answer(libc.unshare(NEW_NS))),
        "unshare network": in_child(lambda: answer(libc.unshare(NEW_NET))),
        "unshare processes": in_child(lambda: answer(libc.unshare(NEW_PID))),
        "ptrace PID 1": answer(libc.ptrace(16, 1, 0, 0)),
        "kill PID 1": attempt(lambda: os.kill(1, 9)),
        "mount in a user namespace": in_user_namespace(lambda: system_call("mount", b"none", path, b"tmpfs", 0, 0)),
        "unmount in a user namespace": in_user_namespace(lambda: system_call("umount2", path, 2)),
        "keys in a user namespace": in_user_namespace(lambda: system_call("keyctl", 0, -3, 0)),
        "bpf in a user namespace": in_user_namespace(lambda: system_call("bpf", 0, 0, 0)),
        "mknod": attempt(lambda: os.mknod("/tmp/node", stat.S_IFBLK | 0o600, os.makedev(254, 0))),
        "mknod in a user namespace": in_user_namespace(
            lambda: attempt(lambda: os.mknod("/tmp/node", stat.S_IFBLK | 0o600, os.makedev(254, 0)))),
        "setuid 0": attempt(lambda: os.setuid(0)),
        "setgroups": attempt(lambda: os.setgroups([])),
        "nice": attempt(lambda: os.nice(-5)),
        "more open files": answer(libc.setrlimit(resource.RLIMIT_NOFILE, (ctypes.c_ulong * 2)(1 << 20, 1 << 20))),
    }
    return found


def sockets():
    kinds = {"AF_PACKET": (17, socket.SOCK_RAW, 0), "AF_ALG": (38, socket.SOCK_SEQPACKET, 0), "AF_VSOCK": (40, socket.SOCK_STREAM, 0),
             "AF_BLUETOOTH": (31, socket.SOCK_RAW, 1), "AF_KEY": (15, socket.SOCK_RAW, 2), "AF_XDP": (44, socket.SOCK_RAW, 0),
             "AF_TIPC": (30, socket.SOCK_RDM, 0), "AF_INET raw": (socket.AF_INET, socket.SOCK_RAW, 1),
             "AF_NETLINK nftables": (16, socket.SOCK_RAW, 12), "AF_NETLINK audit": (16, socket.SOCK_RAW, 9),
             "AF_NETLINK route": (16, socket.SOCK_RAW, 0), "AF_UNIX": (socket.AF_UNIX, socket.SOCK_STREAM, 0),
             "high bit and AF_VSOCK": ((1 << 32) | 40, socket.SOCK_STREAM, 0)}
    found = {}
    for name, (family, kind, protocol) in kinds.items():
        number = {"x86_64": 41, "aarch64": 198}[platform.machine()]
        found[name] = answer(libc.syscall(number, ctypes.c_long(family), ctypes.c_long(kind), ctypes.c_long(protocol)))
    return found


def reached(address, port):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as sock:
        sock.settimeout(2)
        return attempt(lambda: sock.connect((address, port)))


def written(path):
    """What opening something for writing answers; a new file in a directory. Nothing is written."""
    def go():
        if os.path.isdir(path):
            os.close(os.open(path + "/new-file", os.O_WRONLY | os.O_CREAT, 0o600))
            os.unlink(path + "/new-file")
        else:
            os.close(os.open(path, os.O_WRONLY))
    return attempt(go)


def readable(path):
    """Whether anything can be read there."""
    try:
        if os.path.isdir(path):
            return bool(os.listdir(path))
        with open(path, "rb") as file:
            return bool(file.read(64))
    except OSError:
        return False


def writable_below(root):
    """What of a tree of the kernel's can be opened for writing."""
    paths = (os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names)
    return sorted(path for path in paths if attempt(lambda: os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))) == "ok")


def mounts():
    found = {}
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        for words in (line.split() for line in lines):
            kind = words[words.index("-") + 1]
            flags = words[5].split(",")
            safe = [flag for flag in ("nosuid", "nodev", "noexec") if flag in flags]
            found[words[4]] = " ".join([flags[0], kind if kind in ("tmpfs", "proc", "devpts", "mqueue", "sysfs", "cgroup", "cgroup2")
                                        else "directory", *safe])
    return found


def devices():
    found = {}
    for folder, _, names in os.walk("/dev"):
        for name in names:
            path = os.path.join(folder, name)
            info = os.lstat(path)
            if stat.S_ISCHR(info.st_mode) or stat.S_ISBLK(info.st_mode):
                found[path] = f"{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}"
    return found


def strangers():
    """Programs seen running that are neither the guest agent's nor this test's."""
    ours = {"computer-use-gu", "bash", "python3"}
    names = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
            names.add(comm.read().strip())
    return sorted(names - ours)


WRITE = ["/", "/usr", "/etc", "/etc/passwd", "/opt", "/opt/computer-use", "/opt/computer-use/computer-use-guest", "/run", "/run/computer-use",
         "/sys", "/dev", "/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/overcommit_memory",
         "/proc/sys/net/ipv4/ip_forward", "/proc/sysrq-trigger", "/proc/1/oom_score_adj", "/proc/1/mem", "/proc/irq", "/proc/bus",
         "/mnt/skills", "/mnt/user-data/uploads", "/mnt/user-data/outputs", "/home/assistant", "/home", "/tmp", "/var/tmp", "/dev/shm", "/var"]
READ = ["/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/proc/acpi", "/proc/kmsg", "/dev/kmsg",
        "/sys/firmware", "/sys/kernel/security", "/sys/kernel/debug", "/proc/1/environ", "/proc/1/mem", "/proc/1/maps",
        "/proc/1/root/", "/proc/1/fd", "/etc/shadow", "/root"]
ABSENT = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd", "/dev/mem", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/sda", "/dev/vda",
          "/dev/loop0", "/dev/vsock"]


def main():
    print(json.dumps({
        "interfaces": [name for _, name in socket.if_nameindex()],
        "connect": {f"{address}:{port}": reached(address, port)
                    for address, port in (("192.0.2.1", 80), ("169.254.169.254", 80), ("10.0.0.1", 80), ("2001:db8::1", 80))},
        "user": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
        "groups": sorted(set(os.getgroups())),
        "uid_map": " ".join(open("/proc/self/uid_map", encoding="ascii").read().split()),
        "hostname": socket.gethostname(),
        "status": {name: status(name) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")},
        "limits": {"core": resource.getrlimit(resource.RLIMIT_CORE), "nofile": resource.getrlimit(resource.RLIMIT_NOFILE)},
        "calls": calls(),
        "sockets": sockets(),
        "write": {path: written(path) for path in WRITE},
        "writable": {root: writable_below(root) for root in ("/proc/sys", "/sys")},
        "read": {path: readable(path) for path in READ},
        "present": [path for path in ABSENT if os.path.lexists(path)],
        "sudo": subprocess.run(["sudo", "-n", "id", "-u"], capture_output=True, text=True, check=False).stdout,
        "first_program": open("/proc/1/comm", encoding="ascii").read().strip(),
        "strangers": strangers(),
        "environment": sorted(os.environ),
        "mounts": mounts(),
        "devices": devices(),
        "unix_sockets": sorted({os.path.basename(line.split()[-1]) for line in open("/proc/net/unix", encoding="ascii") if "/" in line}),
    }))


if __name__ == "__main__":
    main()
