"""What an admin sets, and the one sentence that says what is wrong with it."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import config
from bot.config import ProcessRole, Settings, Unusable

KEY = "a-secret-key-of-a-good-length-for-a-test"

SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "signing"}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def test_everything_has_a_default_that_works_on_one_machine() -> None:
    settings = config.read_settings()
    assert settings.database_url == "sqlite:///data/drumbeat.sqlite"
    assert (settings.host, settings.port, settings.address) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert not settings.slack
    assert not settings.teams


def test_the_environment_goes_before_the_file(tmp_path: Path, given: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("DRUMBEAT_PORT=9000\nDRUMBEAT_HOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    given.setenv("DRUMBEAT_PORT", "9001")
    settings = config.read_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_an_empty_setting_is_not_set(given: pytest.MonkeyPatch) -> None:
    given.setenv("DRUMBEAT_PORT", "")
    given.setenv("SLACK_BOT_TOKEN", "")
    assert config.read_settings() == Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        config.read_settings().port = 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"DRUMBEAT_PORT": "many"}, "DRUMBEAT_PORT"),
        ({"DRUMBEAT_PORT": "70000"}, "DRUMBEAT_PORT"),
        ({"DRUMBEAT_ROLE": "boss"}, "DRUMBEAT_ROLE"),
        ({"DRUMBEAT_SLACK_RATE": "0"}, "DRUMBEAT_SLACK_RATE"),
        ({"DRUMBEAT_TEAMS_RATE": "41"}, "DRUMBEAT_TEAMS_RATE"),
        ({"DRUMBEAT_DATABASE_URL": "mysql://somewhere/else"}, "DRUMBEAT_DATABASE_URL"),
        ({"DRUMBEAT_DATABASE_URL": "sqlite:///:memory:"}, "DRUMBEAT_DATABASE_URL"),
        ({"DRUMBEAT_PUBLIC_URL": "drumbeat.example.com"}, "DRUMBEAT_PUBLIC_URL"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_SIGNING_SECRET": "signing"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({**SLACK, "SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}, "SLACK_SIGNING_SECRET"),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "signing"},
            "DRUMBEAT_PUBLIC_URL",
        ),
        ({"MICROSOFT_APP_ID": "app"}, "MICROSOFT_APP_PASSWORD"),
        ({"MICROSOFT_APP_PASSWORD": "password"}, "MICROSOFT_APP_ID"),
        ({"DRUMBEAT_TEAMS_ANONYMOUS": "1", "DRUMBEAT_HOST": "0.0.0.0"}, "DRUMBEAT_TEAMS_ANONYMOUS"),
    ],
)
def test_what_cannot_work_is_one_sentence_that_names_the_setting(
    given: pytest.MonkeyPatch, wrong: dict[str, str], named: str
) -> None:
    for name, value in wrong.items():
        given.setenv(name, value)
    with pytest.raises(Unusable) as told:
        config.read_settings()
    sentence = str(told.value)
    assert named in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("heard", ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"])
def test_slack_is_heard_over_http_or_over_a_socket(given: pytest.MonkeyPatch, heard: str) -> None:
    given.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    given.setenv(heard, "x")
    assert config.read_settings().slack


def test_serving_needs_a_secret_key() -> None:
    with pytest.raises(Unusable, match="DRUMBEAT_SECRET_KEY"):
        config.for_serving(Settings())
    settings = Settings(secret_key=SecretStr(KEY))
    assert config.for_serving(settings) is settings


@pytest.mark.parametrize("role", [ProcessRole.WEB, ProcessRole.WORKER])
def test_part_of_the_work_needs_a_database_that_others_share(role: ProcessRole) -> None:
    settings = Settings(secret_key=SecretStr(KEY), role=role)
    with pytest.raises(Unusable, match="DRUMBEAT_DATABASE_URL"):
        config.for_serving(settings)
    shared = settings.model_copy(update={"database_url": "postgresql://drumbeat@db/drumbeat"})
    assert config.for_serving(shared).role is role


def test_a_role_that_is_asked_for_goes_before_the_one_set() -> None:
    settings = Settings(secret_key=SecretStr(KEY), role=ProcessRole.WEB)
    assert config.for_serving(settings, ProcessRole.ALL).role is ProcessRole.ALL


@pytest.mark.parametrize(
    ("real", "named"),
    [(SLACK, "SLACK_BOT_TOKEN"), ({"DRUMBEAT_TEAMS_ANONYMOUS": "yes"}, "DRUMBEAT_TEAMS_ANONYMOUS")],
)
def test_the_demo_does_not_run_beside_a_real_chat(given: pytest.MonkeyPatch, real: dict[str, str], named: str) -> None:
    for name, value in real.items():
        given.setenv(name, value)
    with pytest.raises(Unusable, match=named):
        config.for_the_demo(config.read_settings())


def test_the_demo_is_for_this_machine_only(given: pytest.MonkeyPatch) -> None:
    config.for_the_demo(config.read_settings())
    given.setenv("DRUMBEAT_HOST", "0.0.0.0")
    with pytest.raises(Unusable, match="DRUMBEAT_HOST"):
        config.for_the_demo(config.read_settings())


def test_no_listing_and_no_print_shows_a_secret(given: pytest.MonkeyPatch) -> None:
    given.setenv("DRUMBEAT_SECRET_KEY", KEY)
    given.setenv("DRUMBEAT_DATABASE_URL", "postgresql://drumbeat:geheim@db/drumbeat")
    settings = config.read_settings()
    listed = {each.name: each for each in config.listing(settings)}
    assert listed["DRUMBEAT_SECRET_KEY"].value == "********"
    assert listed["DRUMBEAT_SECRET_KEY"].given
    assert listed["DRUMBEAT_DATABASE_URL"].value == "postgresql://drumbeat:********@db/drumbeat"
    assert not listed["DRUMBEAT_PORT"].given
    assert KEY not in f"{settings!r} {listed}"
    assert config.secrets_of(settings) == [KEY]


def test_every_setting_is_explained() -> None:
    listed = config.listing(Settings())
    assert [each.name for each in listed] == [
        "DRUMBEAT_DATABASE_URL",
        "DRUMBEAT_PUBLIC_URL",
        "DRUMBEAT_SECRET_KEY",
        "DRUMBEAT_HOST",
        "DRUMBEAT_PORT",
        "DRUMBEAT_ROLE",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_APP_TOKEN",
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "SLACK_API_URL",
        "DRUMBEAT_SLACK_RATE",
        "MICROSOFT_APP_ID",
        "MICROSOFT_APP_PASSWORD",
        "MICROSOFT_APP_TENANT_ID",
        "DRUMBEAT_TEAMS_ANONYMOUS",
        "DRUMBEAT_TEAMS_RATE",
    ]
    assert all(each.meaning for each in listed)
