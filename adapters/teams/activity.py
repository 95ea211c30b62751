"""What Teams sends, as far as Drumbeat reads it; anything else in an activity is ignored.

Source: the Bot Framework activity schema and Teams' `channelData`.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class _Model(BaseModel):
    """Names in camel case; a null is as good as a missing value, since Teams sends either."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_camel), extra="ignore", frozen=True, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _forget_nulls(cls, data: object) -> object:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class Account(_Model):
    """A person or a bot, or whatever else is mentioned.

    `aad_object_id` is their id in Entra ID; e-mail and role come only in member lists, `conversation_identity_type`
    (`team`, `channel`) only in mentions of one.
    """

    id: str = ""
    name: str = ""
    aad_object_id: str = ""
    email: str = ""
    user_principal_name: str = ""
    user_role: str = ""
    tenant_id: str = ""
    role: str = ""
    conversation_identity_type: str = ""


class Conversation(_Model):
    """Where it happened. A channel's thread has `;messageid=...` behind the channel's id."""

    id: str
    conversation_type: str = ""
    tenant_id: str = ""
    name: str = ""
    is_group: bool = False


class Entity(_Model):
    """A mention, or what the client tells of itself."""

    type: str = ""
    text: str = ""
    mentioned: Account = Account()
    timezone: str = ""
    locale: str = ""


class Named(_Model):
    """A tenant, a team or a channel."""

    id: str = ""
    name: str = ""


class ChannelData(_Model):
    """What only Teams knows of: tenant, team and channel, and what became of them."""

    event_type: str = ""
    tenant: Named = Named()
    team: Named = Named()
    channel: Named = Named()


class Activity(_Model):
    """One activity. `value` is what a button or an invoke carries."""

    type: str
    conversation: Conversation
    service_url: str = Field(min_length=1)
    channel_id: str
    id: str = ""
    name: str = ""
    sender: Account = Field(default=Account(), validation_alias="from")
    recipient: Account = Account()
    text: str = ""
    locale: str = ""
    local_timezone: str = ""
    action: str = ""
    reply_to_id: str = ""
    entities: tuple[Entity, ...] = ()
    members_added: tuple[Account, ...] = ()
    members_removed: tuple[Account, ...] = ()
    reactions_added: tuple[Mapping[str, Any], ...] = ()
    channel_data: ChannelData = ChannelData()
    value: Any = None

    @property
    def tenant(self) -> str:
        """The Entra tenant it comes from."""
        return self.channel_data.tenant.id or self.conversation.tenant_id

    @property
    def personal(self) -> bool:
        """Whether it happened between one person and the bot."""
        return self.conversation.conversation_type == "personal"

    @property
    def place(self) -> str:
        """The chat or channel, without the thread in it."""
        return self.conversation.id.partition(";")[0]

    @property
    def zone(self) -> str:
        """The sender's IANA time zone, if the client told it."""
        return self.local_timezone or next((each.timezone for each in self.entities if each.timezone), "")

    @property
    def language(self) -> str:
        """The sender's language tag, if the client told it."""
        return self.locale or next((each.locale for each in self.entities if each.locale), "")
