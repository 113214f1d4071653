"""Asking over HTTP: polite, patient, and judged by what comes back rather than by the status alone."""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import requests.certs
import urllib3

from gegenprobe import __version__
from gegenprobe.sources import Address, SourceError

AGENT = f"gegenprobe/{__version__} (fact-check book; asks once a week)"
AGAIN = frozenset({429, 500, 502, 503, 504})
LONGEST_WAIT = 120
"""Seconds a server may ask us to wait by Retry-After; a longer wish is cut to this."""

MOST_BYTES = 64 * 2**20
"""An answer longer than this, unpacked, is none of ours: a few thousand bytes of gzip can hold any number."""
MOST_FAILING = 3
"""After so many addresses in a row that gave no answer in time, or refused each try, a source is left for this run."""
_PIECE = 2**16

T = TypeVar("T")
_SECRET = re.compile(r"((?:api_?key|app_?id|key|token)=)[^&\s'\"]+", re.IGNORECASE)


class _NoKeys(logging.Filter):
    """urllib3 writes whole addresses into its log, keys included: take them out before any handler sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _SECRET.sub(r"\1***", record.getMessage()), ()
        return True


for _name in ("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_NoKeys())


@dataclass(frozen=True)
class Reply:
    """What a server answered: status, whole body, content type."""

    status: int
    body: bytes
    kind: str


class Web:
    """One source, asked over HTTP.

    The body is read whole within each try, so that an answer cut short is asked for again like a refused one; one that
    takes too long in all, or is too long, is not. The same address is asked once: a file that serves six series comes
    once. Redirects are not followed: a moved source is for a person to look at, and a key must not travel to another
    host.

    Parameters
    ----------
    address : Address
        Base address and manners.
    key : str
        The key, if the source needs one; it is taken out of every message.
    """

    def __init__(self, address: Address, key: str = ""):
        self.address = address
        self.key = key
        self._last = float("-inf")
        self._kept: dict[str, Reply | SourceError] = {}
        self._failing: list[SourceError] = []
        self._patience = urllib3.Retry(
            total=address.tries - 1,
            redirect=False,
            status_forcelist=AGAIN,
            allowed_methods={"GET"},
            backoff_factor=address.backoff,
            backoff_jitter=address.backoff / 2,
            backoff_max=LONGEST_WAIT,
            retry_after_max=LONGEST_WAIT,
        )
        manners = {
            "timeout": urllib3.Timeout(connect=min(address.timeout, 30.0), read=address.timeout),
            "headers": {"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate"},
            "ca_certs": os.environ.get("SSL_CERT_FILE") or requests.certs.where(),
        }
        proxy = _proxy_for(address.url)
        self._pool = urllib3.ProxyManager(proxy, **manners) if proxy else urllib3.PoolManager(**manners)

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return urlsplit(self.address.url).netloc

    def clean(self, text: str) -> str:
        """Return a text as one line without any key."""
        for form in {self.key, quote(self.key, safe="")} if self.key else ():
            text = text.replace(form, "***")
        return " ".join(_SECRET.sub(r"\1***", text).split())

    def get(
        self,
        path: str,
        query: dict[str, object] | None = None,
        *,
        accept: str = "",
        also: tuple[int, ...] = (),
        base: str | None = None,
    ) -> Reply:
        """Return the answer to one GET.

        Parameters
        ----------
        path : str
            Below the base address.
        query : dict
            Parameters; escaped here.
        accept : str
            Accept header, if the source needs one.
        also : tuple of int
            Statuses besides 200 whose body the caller wants to read itself.
        base : str
            Another base address than the source's first one.

        Raises
        ------
        SourceError
            For no answer, any other status, an empty body, or an HTML page.
        """
        url = f"{(base or self.address.url).rstrip('/')}/{path.lstrip('/')}".rstrip("/")
        if query:
            url += "?" + urlencode(query)
        if url not in self._kept:
            try:
                self._kept[url] = self._ask(url, accept, also)
            except SourceError as error:
                self._kept[url] = error
        found = self._kept[url]
        if isinstance(found, SourceError):
            raise found
        return found

    def _ask(self, url: str, accept: str, also: tuple[int, ...]) -> Reply:
        if len(self._failing) >= MOST_FAILING:
            raise self._failing[-1]
        wait = self._last + self.address.pause - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last = time.monotonic()
        headers = {**self._pool.headers, "Accept": accept} if accept else None
        try:
            reply = self._patiently(url, headers)
        except (urllib3.exceptions.HTTPError, _Never) as error:
            # Not chained: the cause carries the whole address, and with it the key.
            found = SourceError(f"{urlsplit(url).netloc} did not answer ({_why(error)})")
            self._failing = [*self._failing, found] if _is_late(error) else []
            raise found from None
        where = f"{urlsplit(url).netloc}{urlsplit(url).path}"
        if 300 <= reply.status < 400:
            raise SourceError(f"{where} has moved or wants a key (status {reply.status})")
        if reply.status in AGAIN and reply.status not in also:
            why = f"answered with status {reply.status}{_said(reply)}"
            if reply.status == 429:
                why = f"refused {self.address.tries} times: too many requests (status 429)"
            found = SourceError(self.clean(f"{where} {why}"))
            self._failing.append(found)
            raise found
        self._failing.clear()
        if reply.status != 200 and reply.status not in also:
            raise SourceError(self.clean(f"{where} answered with status {reply.status}{_said(reply)}"))
        if not reply.body.strip():
            raise SourceError(f"{where} answered with nothing (status {reply.status})")
        if looks_like_html(reply.body):
            raise SourceError(f"{where} answered with a web page in place of data (status {reply.status})")
        return reply

    def _patiently(self, url: str, headers: dict[str, str] | None) -> Reply:
        """Return the last answer of as many tries as `Address` allows."""
        patience = self._patience
        while True:
            try:
                answer, body = _within(self.address.longest, lambda: self._once(url, headers))
            except urllib3.exceptions.SSLError:
                raise  # no certificate gets better by asking again
            except urllib3.exceptions.HTTPError as error:
                patience = patience.increment("GET", url, error=error)
                patience.sleep()
                continue
            if patience.total and patience.is_retry("GET", answer.status, "Retry-After" in answer.headers):
                patience = patience.increment("GET", url, response=answer)
                patience.sleep(answer)
                continue
            return Reply(answer.status, body, answer.headers.get("Content-Type", ""))

    def _once(self, url: str, headers: dict[str, str] | None) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        answer = self._pool.request("GET", url, headers=headers, redirect=False, retries=False, preload_content=False)
        try:
            body = bytearray()
            for piece in answer.stream(_PIECE):
                body += piece
                if len(body) > MOST_BYTES:
                    raise _Never(f"more than {MOST_BYTES // 2**20} MB")
            return answer, bytes(body)
        finally:
            answer.close()

    def json(self, path: str, query: dict[str, object] | None = None, *, also: tuple[int, ...] = ()):
        """Return the answer to one GET, read as JSON.

        Raises
        ------
        SourceError
            Also if the body is no JSON.
        """
        reply = self.get(path, query, also=also)
        try:
            return json.loads(reply.body)
        except ValueError:
            where = f"{self.host}/{path.lstrip('/')}"
            raise SourceError(f"{where} answered with no valid JSON (status {reply.status})") from None

    def text(self, path: str, *, encoding: str = "utf-8-sig", base: str | None = None) -> str:
        """Return the answer to one GET, read as text."""
        try:
            return self.get(path, base=base).body.decode(encoding)
        except UnicodeDecodeError:
            raise SourceError(f"{self.host}/{path.lstrip('/')} is not text in {encoding}") from None


class _Never(Exception):
    """What asking again will not mend."""


class _Late(_Never):
    """Neither silent nor done."""


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return what `work` returns, if it does within so many seconds.

    Time limits of sockets are for each piece of an answer, its head included: a server that sends one byte a minute
    keeps to them for ever. Nor have they anything to say about looking up a name.
    """
    done: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def carry_out() -> None:
        try:
            done.put((work(), None))
        except Exception as error:
            done.put((None, error))

    threading.Thread(target=carry_out, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except queue.Empty:
        raise _Late(f"not done after {seconds:g} s") from None
    if error is not None:
        raise error
    return result


def looks_like_html(body: bytes) -> bool:
    """Tell an HTML page from data: error pages come with status 200 too."""
    head = body[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<div", b"<script"))


def quoted(text: str, most: int = 160) -> str:
    """Return a server's words so that they are harmless in a terminal and in a pull request."""
    plain = "".join(each if each.isprintable() and each not in "<>`@|[]" else " " for each in text)
    return " ".join(plain.split())[:most]


def _said(reply: Reply) -> str:
    text = "" if looks_like_html(reply.body) else quoted(reply.body.decode("utf-8", "replace"))
    return f": {text}" if text else ""


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, _Never):
        return str(reason)
    if isinstance(error, urllib3.exceptions.SSLError):
        return "its certificate is not valid"
    if isinstance(reason, urllib3.exceptions.DecodeError):
        return "the answer cannot be unpacked"
    if isinstance(reason, urllib3.exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(reason, urllib3.exceptions.ProtocolError):
        return "the answer was cut short"
    return type(reason).__name__


def _is_late(error: Exception) -> bool:
    return isinstance(getattr(error, "reason", None) or error, (urllib3.exceptions.TimeoutError, _Late))


def _proxy_for(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or urllib.request.proxy_bypass(host):
        return ""
    return urllib.request.getproxies().get(parts.scheme, "")
