"""A disk that fails on demand: the kernel asks this process about every write of one thread (seccomp's user
notification, Linux 5.5), and is told to report EIO or to go on."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import struct
import threading

_SECCOMP, *_CALLS = {"x86_64": (317, 18, 74, 75), "aarch64": (277, 68, 82, 83)}[platform.machine()]
"""The numbers of seccomp; pwrite64, fsync and fdatasync."""
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_RECEIVE, _SEND, _CONTINUE = 0xC0502100, 0xC0182101, 1
_NO_NEW_PRIVILEGES = 38


class FailingDisk:
    """While ``fails``, every write of the thread that called ``watch_this_thread`` ends with EIO."""

    def __init__(self) -> None:
        self.fails, self.failed = False, 0
        self._over = False
        self._listener = -1
        self._answers = threading.Thread(target=self._answer, name="failing disk")

    def watch_this_thread(self) -> None:
        """From now on, until the thread ends."""
        jumps = [(_IF_EQUAL, len(_CALLS) - at, 0, call) for at, call in enumerate(_CALLS)]
        steps = [(_LOAD, 0, 0, 0), *jumps, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _NOTIFY)]
        code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in steps))
        program = ctypes.create_string_buffer(struct.pack("<H6xQ", len(steps), ctypes.addressof(code)))
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        self._listener = libc.syscall(_SECCOMP, 1, 8, program)
        if self._listener < 0:
            raise OSError(ctypes.get_errno(), "seccomp")
        self._answers.start()

    def close(self) -> None:
        """Answer no more; the thread has to have ended."""
        self._over = True
        self._answers.join()
        os.close(self._listener)

    def _answer(self) -> None:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        while not self._over:
            if not any(event & select.POLLIN for _, event in poll.poll(50)):
                continue
            asked = bytearray(80)
            fcntl.ioctl(self._listener, _RECEIVE, asked)
            (number,) = struct.unpack_from("<Q", asked)
            fails = self.fails
            self.failed += fails
            answer = struct.pack("<QqiI", number, 0, -errno.EIO if fails else 0, 0 if fails else _CONTINUE)
            fcntl.ioctl(self._listener, _SEND, bytearray(answer))
