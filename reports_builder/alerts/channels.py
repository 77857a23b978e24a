"""Where alerts go: addresses from the environment, which nothing else ever gets to see.

``FINOPS_ALERT_URLS`` is told everything, ``FINOPS_ALERT_URLS_<TAG>`` what the rules of that tag find. Each
holds one or more Apprise URLs, set apart by white space. A channel is known by a name that is made of the tag
and the kind of service alone, so that a changed password does not make it another channel.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

VARIABLE = "FINOPS_ALERT_URLS"
PIPELINE = "pipeline"
"""The tag of what is told of builds and nightly runs, beside the tags of the rules."""
_SEPARATOR = re.compile(r"[\s,]+(?=[a-zA-Z0-9]+://)|\s+")
# The only words of an address that are ever shown.
_KINDS = {
    **dict.fromkeys(("mailto", "mailtos"), "email"),
    "slack": "slack",
    **dict.fromkeys(("json", "jsons", "xml", "xmls", "form", "forms"), "webhook"),
    **dict.fromkeys(("msteams", "workflow", "workflows"), "teams"),
    "discord": "discord",
    "gchat": "google-chat",
    **dict.fromkeys(("matrix", "matrixs"), "matrix"),
    **dict.fromkeys(("mmost", "mmosts"), "mattermost"),
    **dict.fromkeys(("ntfy", "ntfys"), "ntfy"),
    "opsgenie": "opsgenie",
    "pagerduty": "pagerduty",
    "tgram": "telegram",
}


@dataclass(frozen=True)
class Channel:
    """One address, which no text form of it shows; ``tag`` is None for a channel that is told everything."""

    name: str
    tag: str | None
    url: str = field(repr=False)

    def is_told(self, tag: str) -> bool:
        """Whether alerts of rules with this tag go here."""
        return self.tag is None or self.tag == _as_tag(tag)


def read_channels(environment: Mapping[str, str], base: str = VARIABLE) -> tuple[Channel, ...]:
    """The channels that the variables called ``base`` name, those that are told everything first."""
    channels: list[Channel] = []
    for variable in sorted(environment):
        if variable == base:
            tag = None
        elif variable.startswith(f"{base}_"):
            tag = _as_tag(variable.removeprefix(f"{base}_"))
        else:
            continue
        kinds: Counter[str] = Counter()
        for url in filter(None, _SEPARATOR.split(environment[variable].strip())):
            kind = _kind(url)
            kinds[kind] += 1
            name = "-".join([*([tag] if tag else []), kind, *([str(kinds[kind])] if kinds[kind] > 1 else [])])
            channels.append(Channel(name, tag, url))
    return tuple(channels)


def variable_of(tag: str) -> str:
    """The variable whose channels are told what rules of this tag find."""
    return f"{VARIABLE}_{re.sub(r'[^A-Z0-9]+', '_', tag.upper())}"


def _as_tag(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())


def _kind(url: str) -> str:
    scheme = url.partition("://")[0].lower()
    if re.match(r"https://hooks\.slack(-gov)?\.com/", url, re.IGNORECASE):
        return "slack"
    return _KINDS.get(scheme, "other")
