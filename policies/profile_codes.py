"""The rows of the table of codes that are about BagIt profiles.

Each rests on a key of the profile, which is its clause. What is fixed here a policy cannot change:
a profile is somebody else's word, and a bag meets it or does not.
"""

from __future__ import annotations

from policies.rule import Rule

SPECIFICATION = "BagIt Profiles 1.4.0"

_MAKE = "Make the bag anew as the profile asks, or judge it by another profile."
_GIVE = "Give it with --info LABEL=VALUE when the bag is made."
_LEAVE = "Leave it out of the bag, or ask whoever wrote the profile to allow it."


def _on(key: str) -> str:
    return f"{SPECIFICATION} {key}"


# fmt: off
PROFILES: tuple[Rule, ...] = (
    Rule("profile-bagit-version", "refuse", True,
         "the profile does not accept this version of BagIt: {detail}",
         _on("Accept-BagIt-Version"), _MAKE),
    Rule("profile-form", "refuse", True, "the profile does not accept the bag in this form:"
         " {detail}", _on("Serialization, Accept-Serialization"),
         "Export it in a form that the profile accepts: archiver export --as tar|tar.gz|zip; or"
         " unpack it."),
    Rule("profile-not-declared", "refuse", True, "bag-info.txt does not say that the bag is made"
         " by the profile: {detail}", _on("BagIt-Profile-Identifier"),
         "Say package --profile, or give --info BagIt-Profile-Identifier=URI, when it is made."),
    Rule("profile-info-missing", "refuse", True, "the profile requires this of bag-info.txt:"
         " {detail}", _on("Bag-Info, required"), _GIVE),
    Rule("profile-info-value", "refuse", True, "the profile does not accept this value: {detail}",
         _on("Bag-Info, values"), "Give one of the values that the profile lists."),
    Rule("profile-info-repeated", "refuse", True, "the profile wants this once: {detail}",
         _on("Bag-Info, repeatable"), "Give it once."),
    Rule("profile-manifest-missing", "refuse", True,
         "the profile requires another payload manifest: {detail}",
         _on("Manifests-Required"), _MAKE),
    Rule("profile-manifest-not-allowed", "refuse", True,
         "the profile does not allow this payload manifest: {detail}",
         _on("Manifests-Allowed"), _MAKE),
    Rule("profile-tag-manifest-missing", "refuse", True,
         "the profile requires another tag manifest: {detail}",
         _on("Tag-Manifests-Required"), _MAKE),
    Rule("profile-tag-manifest-not-allowed", "refuse", True,
         "the profile does not allow this tag manifest: {detail}",
         _on("Tag-Manifests-Allowed"), _MAKE),
    Rule("profile-tag-file-missing", "refuse", True, "the profile requires this tag file: {detail}",
         _on("Tag-Files-Required"), "Give it with package --tag-file FILE when the bag is made."),
    Rule("profile-tag-file-not-allowed", "refuse", True,
         "the profile does not allow this tag file: {detail}", _on("Tag-Files-Allowed"), _LEAVE),
    Rule("profile-fetch-missing", "refuse", True, "the profile requires fetch.txt, and there is"
         " none", _on("Fetch.txt-Required"),
         "This program makes no bags that lack files; make it with a tool that does."),
    Rule("profile-fetch-not-allowed", "refuse", True, "the profile allows no fetch.txt",
         _on("Allow-Fetch.txt"), "Complete the bag with the tool that made it."),
    Rule("profile-payload-not-empty", "refuse", True,
         "the profile wants no payload but one empty file: {detail}", _on("Data-Empty"), _MAKE),
    Rule("profile-payload-missing", "refuse", True, "the profile requires this of the payload:"
         " {detail}", _on("Payload-Files-Required"), "Add it to the source and make the bag anew."),
    Rule("profile-payload-not-allowed", "refuse", True,
         "the profile does not allow this file in the payload", _on("Payload-Files-Allowed"),
         _LEAVE),
    Rule("profile-info-recommended", "warn", False,
         "the profile recommends this for bag-info.txt: {detail}",
         "Bag-Info, recommended (an addition of Beyond the Repository)", _GIVE),
    Rule("profile-not-checked", "warn", False,
         "the bag says that it meets a profile by which it was not judged: {detail}",
         _on("BagIt-Profile-Identifier"), "Judge it by that profile: verify --profile FILE. Nothing"
         " is ever downloaded."),
    Rule("profile-none-declared", "warn", False,
         "the bag names no profile by which it could be judged: {detail}",
         _on("BagIt-Profile-Identifier"), "Name the profile: verify --profile NAME|FILE."),
    Rule("profile-wants-one-file", "warn", False, "the profile wants the bag as one file: {detail}",
         _on("Serialization"), "Export it when it is handed on: archiver export --profile."),
)
# fmt: on
