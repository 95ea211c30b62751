"""Who: one human, whatever number of accounts they have."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person may do beyond what every employee may."""

    LEADER = "leader"
    COMMUNICATOR = "communicator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """One human (or `bot`) in one organisation, seen through the account they have in one workspace.

    `account` is the platform's own user id there, `zone` an IANA name, `locale` a language tag such as `de`.
    """

    id: int
    organisation: int
    name: str
    account: str
    locale: str
    zone: str
    roles: frozenset[Role] = frozenset()
    opted_out: bool = False
    title: str = ""
    photo: str = ""
    has_photo: bool = True
    active: bool = True
    bot: bool = False

    def may(self, role: Role | None) -> bool:
        """Whether the person holds `role`; an admin may do what a communicator may."""
        if role is None or role in self.roles:
            return True
        return role is Role.COMMUNICATOR and Role.ADMIN in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a platform tells of an account, at sign-up, on change, and in the directory sync. Empty means unknown."""

    account: str
    name: str = ""
    email: str = ""
    email_verified: bool = True
    title: str = ""
    photo: str = ""
    has_photo: bool | None = None
    locale: str = ""
    zone: str = ""
    admin: bool | None = None
    active: bool = True
    bot: bool = field(default=False)
