"""The contact that pages name: the project's, the operator's own, and a file that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterdash.domain import ClusterdashError
from clusterdash.labels.contact import Contact, contact


def test_a_data_folder_may_name_its_own_organisation(tmp_path: Path) -> None:
    assert contact(tmp_path).website.startswith("https://")
    (tmp_path / "contact.toml").write_text('name = "Ours"\nwebsite = "https://ours.example"\n', "utf-8")
    assert contact(tmp_path) == Contact("Ours", "https://ours.example", "")


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        ('website = "https://ours.example"', "contact.wrong", "name"),
        ('name = "Ours"\nwebsite = 3', "contact.wrong", "website"),
        ('name = "Ours"\nwebsite = "x"\nphone = "1"', "contact.wrong", "phone"),
        ("name = Ours", "contact.unreadable", ""),
    ],
)
def test_a_wrong_contact_is_refused_with_what_is_wrong(tmp_path: Path, text: str, key: str, named: str) -> None:
    (tmp_path / "contact.toml").write_text(text, "utf-8")
    with pytest.raises(ClusterdashError) as refused:
        contact(tmp_path)
    assert refused.value.key == key
    assert refused.value.values.get("names", "") == named
