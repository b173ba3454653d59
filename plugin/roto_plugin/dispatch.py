"""From lines to methods: who may ask, what was asked, who answers."""

from __future__ import annotations

import hmac
import os
import platform
import threading
from typing import TYPE_CHECKING, Any

import roto
from roto_plugin.protocol import FIRST_LINE, MAX_LINE, METHODS, PROTOCOL, ProtocolError
from roto_plugin.room import Request, Room
from roto_plugin.schemas import check_params, check_request

if TYPE_CHECKING:
    from roto_plugin.channel import Channel
    from roto_plugin.protocol import Message


class Dispatcher:
    """Serves clients, each in a thread of its own.

    Args:
        room: What they work in.
        over: Is set when the engine is to end.
    """

    def __init__(self, room: Room, over: threading.Event) -> None:
        self.room, self._over = room, over
        self._lock = threading.Lock()
        self._clients: list[Channel] = []

    def serve(self, channel: Channel, *, owner: bool, token: str = "") -> None:
        """Answer a client until it has gone.

        Args:
            channel: The client.
            owner: Whether the engine ends with it.
            token: What its hello must show; "" for nothing.
        """
        with self._lock:
            self._clients.append(channel)
        quitting = False
        try:
            if self._greet(channel, token):
                channel.greeted()
                quitting = self._listen(channel)
        finally:
            with self._lock:
                self._clients.remove(channel)
                last = not self._clients
            if owner:
                self._over.set()  # before anything that takes time
            self.room.leave(channel)
            channel.close()
            if quitting and last:
                self._over.set()

    def _greet(self, channel: Channel, token: str) -> bool:
        """Wait for a good hello; False where there will be none."""
        while True:
            try:
                message = channel.read(FIRST_LINE if token else MAX_LINE)
            except ProtocolError as error:
                channel.refuse(None, error)
                if token:
                    return False
                continue
            if message is None:
                return False
            try:
                request = self._request(channel, message)
                if request is not None:
                    self._hello(request, token)
                    return True
            except ProtocolError as error:
                channel.refuse(_number(message), error)
            if token:  # there is no second try
                return False

    def _hello(self, request: Request, token: str) -> None:
        """Answer a hello.

        Raises:
            ProtocolError: it is none, or it lacks the token, or is of another version.
        """
        hello = request.params if request.method == "hello" else {}
        if token and not _same(hello.get("token", ""), token):
            raise ProtocolError("TokenError", "A client of a socket says hello with the token.")
        if request.method != "hello":
            raise ProtocolError("StateError", "The first request of a client is hello.")
        theirs = hello["protocol"]
        if theirs != PROTOCOL:
            older = "host's add-on" if theirs < PROTOCOL else "roto environment"
            raise ProtocolError(
                "VersionError",
                f"The host speaks protocol {theirs}, roto {roto.__version__} speaks {PROTOCOL}; "
                f"update the {older}.",
            )
        request.channel.name = hello["client"]
        request.answer(
            {
                "protocol": PROTOCOL,
                "roto": roto.__version__,
                "python": platform.python_version(),
                "pid": os.getpid(),
            }
        )

    def _listen(self, channel: Channel) -> bool:
        """Take requests; returns whether the client said that it quits."""
        while True:
            try:
                message = channel.read()
            except ProtocolError as error:
                channel.refuse(None, error)
                continue
            if message is None:
                return False
            try:
                request = self._request(channel, message)
            except ProtocolError as error:
                channel.refuse(_number(message), error)
                continue
            if request is None:
                continue
            if request.method == "quit":
                self.room.leave(channel)
                request.answer({})
                return True
            try:
                self._take(request)
            except Exception as error:  # noqa: BLE001 - one bad request must not end the engine
                request.refuse(error)

    def _request(self, channel: Channel, message: Message) -> Request | None:
        """The request in a message; None where it was answered already.

        Raises:
            ProtocolError: it is none.
        """
        check_request(message)
        method, params = message["method"], message.get("params", {})
        number = message["id"]
        try:
            channel.begin(number)
        except ProtocolError as error:
            channel.refuse(None, error)  # its id stands for the other request
            return None
        request = Request(channel, number, method, params)
        try:
            check_params(method, params)
        except ProtocolError as error:
            request.refuse(error)
            return None
        return request

    def _take(self, request: Request) -> None:
        """Have a request answered, now or later."""
        # Loaded by the first request that needs it: hello must be answered at once.
        method, room = request.method, self.room
        if method == "hello":
            raise ProtocolError("RequestError", "There was a hello already.")
        if METHODS[method].project:
            self._take_project(request)
        elif method == "open":
            from roto_plugin.opening import Opening

            room.open(request, Opening.of(request.params))
        elif method == "cancel":
            found = room.cancel(request.channel, request.params.get("request"))
            request.answer({"cancelled": found})
        elif method == "close":
            room.leave(request.channel)
            request.answer({})
        else:
            threading.Thread(target=_answer, args=(request,), daemon=True).start()

    def _take_project(self, request: Request) -> None:
        method = request.method
        if method == "status":
            self.room.status(request)
        elif method == "app":
            threading.Thread(target=self._start_app, args=(request,), daemon=True).start()
        elif METHODS[method].job:
            from roto_plugin.jobs import JOBS

            self.room.run(request, JOBS[method])
        else:
            from roto_plugin.handlers import HANDLERS

            self.room.do(request, HANDLERS[method])

    def _start_app(self, request: Request) -> None:
        from roto_plugin.desktop import start_app

        def ended(pid: int, code: int) -> None:
            with self._lock:
                clients = list(self._clients)
            for one in clients:
                one.tell("app", {"pid": pid, "project": str(project), "code": code})

        try:
            project = self.room.hand_over(request)
        except ProtocolError as error:
            request.refuse(error)
            return
        try:
            pid = start_app(project, ended)
        except Exception as error:  # noqa: BLE001 - a thread's end: nobody is above
            request.channel.tell("closed", {"why": "app", "by": request.channel.name})
            request.refuse(error)
            return
        request.answer({"pid": pid, "project": str(project)})


def _answer(request: Request) -> None:
    """Answer a question that needs no project; in a thread, as torch takes a while."""
    try:
        request.answer(_report(request))
    except Exception as error:  # noqa: BLE001 - as above
        request.refuse(error)


def _report(request: Request) -> dict[str, Any]:
    if request.method == "check":
        from roto_plugin.checking import check
        from roto_plugin.paths import absolute

        folder = request.params.get("folder")
        return check(request.params.get("model"), None if folder is None else absolute(folder))
    from roto.models import DEFAULT, list_models

    return {
        "models": [
            {
                "name": model.name,
                "path": str(model.path),
                "parameters": model.parameters,
                "default": model.name == DEFAULT,
            }
            for model in list_models()
        ]
    }


def _number(message: Message) -> int | None:
    """The id that a bad request gives, if it is one."""
    number = message.get("id")
    good = isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= 2**53
    return number if good else None


def _same(given: str, token: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
