"""Kinds of what is typed that a shell can complete: bags by their ids, policies, profiles."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


class _Named(click.ParamType):  # type: ignore[type-arg]
    """A name out of some, or a path: the shell is told the names that fit, else to look at files.

    What is typed is taken as it is; whether it is one of the names is for the command to say.
    """

    name = "text"

    def names(self, ctx: click.Context, incomplete: str) -> list[str]:
        """Return the names that may be meant."""
        raise NotImplementedError

    def shell_complete(
        self, ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return what the shell may offer."""
        fit = [name for name in self.names(ctx, incomplete) if name.startswith(incomplete)]
        return [CompletionItem(name) for name in fit] or [CompletionItem(incomplete, type="file")]


class _Bag(_Named):
    def names(self, ctx: click.Context, incomplete: str) -> list[str]:
        from cli.nearby import bag_ids

        return bag_ids(ctx.params.get("archive_folder"), incomplete)


class _Policy(_Named):
    def names(self, _ctx: click.Context, _incomplete: str) -> list[str]:
        from policies.policy import BUILTIN

        return list(BUILTIN)


class _Profile(_Named):
    def names(self, _ctx: click.Context, _incomplete: str) -> list[str]:
        from policies.profiles import SHIPPED

        return list(SHIPPED)


BAG, POLICY, PROFILE = _Bag(), _Policy(), _Profile()
