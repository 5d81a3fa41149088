"""The profiles that come with the program are right, and say what their sources say."""

from __future__ import annotations

import pytest

from policies.policy import builtin, read_policy
from policies.profiles import SHIPPED, by_identifier, read_profile, shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_profile_has_no_mistakes_and_is_found_by_its_identifier(name: str) -> None:
    found = read_profile(shipped(name))
    assert by_identifier()[found.identifier] == found
    assert len(by_identifier()) == len(SHIPPED)
    assert not any("specification, and the profile names" in remark for remark in found.remarks)


def test_there_is_no_other() -> None:
    with pytest.raises(KeyError):
        shipped("../../model")


@pytest.mark.parametrize("name", ["aptrust", "nypl-ami"])
def test_the_policy_of_the_same_name_writes_the_manifests_it_asks_for(name: str) -> None:
    profile, policy = read_profile(shipped(name)), read_policy(builtin(name))
    algorithms = policy.packaging.manifest_algorithms
    assert set(profile.manifests_required) <= set(algorithms)
    allowed = profile.manifests_allowed
    assert allowed is None or set(algorithms) <= set(allowed)


def test_aptrust_takes_tar_files_and_no_fetch() -> None:
    found = read_profile(shipped("aptrust"))
    assert (found.serialization, found.allow_fetch) == ("required", False)
    assert found.tag_files_required == ("aptrust-info.txt",)
    assert [rule.label for rule in found.info if rule.required] == ["Source-Organization"]


def test_beyond_the_repository_requires_three_labels_and_recommends_others() -> None:
    found = read_profile(shipped("btr"))
    required = [rule.label for rule in found.info if rule.required]
    assert required == ["Source-Organization", "Bagging-Date", "Payload-Oxum"]
    assert "Contact-Email" in [rule.label for rule in found.info if rule.recommended]
