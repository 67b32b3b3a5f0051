"""Signing in and out with a real OpenID provider, in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from support.browser import needs_chromium, switch_language, wait_until
from support.login_server import House, serve_with_login, sign_in

from clusterdash.editions import catalog
from clusterdash.ingest import grants
from clusterdash.operational_database import audit_records
from clusterdash.operational_database.audit_records import AuditRecord
from clusterdash.server.login_redirect import COOKIE

pytestmark = needs_chromium
GRANTS = [
    ["anna@a.example", "manager", "demo-0007", "", ""],
    ["ben@b.example", "manager", "demo-0008|demo-0009", "", ""],
    ["eve@e.example", "expert", "demo-0010", "", ""],
    ["old@o.example", "manager", "demo-0011", "", "2020-01-01"],
    ["staff@s.example", "staff", "", "", ""],
]


@pytest.fixture(scope="module")
def house(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The sample as if it were real: the switch of the demonstration does not exist with a login."""
    folder = tmp_path_factory.mktemp("house") / "data"
    shutil.copytree(data, folder)
    grants.replace(folder, grants.check_rows(GRANTS, ())[0])
    with serve_with_login(folder) as house:
        yield house


def sign_out(page: Page, house: House) -> None:
    """Out here, and at the provider as well."""
    page.locator(".st-key-viewer").get_by_role("button").first.click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{house.address}/**")
    expect(page.get_by_role("button", name="Se connecter").first).to_be_visible()


def open_tab(browser: Browser) -> Page:
    return browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()


def test_a_manager_signs_in_sees_the_own_cluster_and_signs_out(page: Page, house: House) -> None:
    page.goto(house.address)
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    expect(page.get_by_text("Voir comme")).to_have_count(0)
    sign_in(page, house, "anna@a.example")
    page.get_by_role("link", name="Vos résultats").click()
    expect(page.get_by_role("heading", name="Cluster Démo 0007")).to_be_visible()
    expect(page.get_by_text("Cluster Démo 0007").first).to_be_visible()
    page.goto(f"{house.address}/benchmark?cluster=demo-0008")
    expect(page.get_by_text("que vous ne pouvez pas consulter")).to_be_visible()
    expect(page.get_by_text("Cluster Démo 0008")).to_have_count(0)
    page.goto(f"{house.address}/access")
    expect(page.get_by_role("heading", name="Cette page n’est pas publique")).to_be_visible()

    cookies = page.context.cookies()
    sign_out(page, house)
    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # as one who has copied them
    page.goto(f"{house.address}/benchmark")
    expect(page.get_by_text("Vous vous êtes déconnecté")).to_be_visible()
    expect(page.get_by_text("Cluster Démo 0007")).to_have_count(0)
    did = [(entry.who, entry.action, entry.what) for entry in audit_records.read(house.data, 9)]
    assert ("anna@a.example", "sign_in", "") in did
    assert ("anna@a.example", "look", "demo-0007") in did
    assert ("anna@a.example", "sign_out", "") in did
    assert not any(what == "demo-0008" for _, _, what in did)


def test_who_comes_back_after_a_restart_of_the_browser_is_still_signed_in(page: Page, house: House) -> None:
    """Its cookie against forgery is gone then; without it, a connection is nobody's."""
    sign_in(page, house, "anna@a.example")
    for _ in range(4):
        page.goto("about:blank")
        page.context.clear_cookies(name="_streamlit_xsrf")
        page.goto(f"{house.address}/benchmark")
        expect(page.get_by_role("heading", name="Cluster Démo 0007")).to_be_visible()


def test_a_copied_cookie_does_not_outlive_signing_out_by_address(page: Page, house: House) -> None:
    sign_in(page, house, "eve@e.example")
    cookies = page.context.cookies()
    page.goto(f"{house.address}/auth/logout")
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{house.address}/**")
    expect(page.get_by_role("button", name="Se connecter").first).to_be_visible()
    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # as one who has copied them
    page.goto(f"{house.address}/benchmark")
    expect(page.get_by_text("Vous vous êtes déconnecté")).to_be_visible()
    expect(page.get_by_text("Cluster Démo 0010")).to_have_count(0)
    assert ("eve@e.example", "sign_out") in [(entry.who, entry.action) for entry in audit_records.read(house.data, 3)]
    sign_in(page, house, "eve@e.example")  # and may come in again at once


def test_who_signs_in_at_a_page_comes_back_to_it_with_its_choices(page: Page, house: House) -> None:
    house.person("ben@b.example")
    page.goto(f"{house.address}/progress?cluster=demo-0009&lang=en")
    expect(page.get_by_role("heading", name="This page is not public")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Sign in").last.click()
    page.get_by_placeholder("sub").fill("ben@b.example")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("heading", name="Your progress", exact=True)).to_be_visible()
    expect(page.get_by_text("Cluster Démo 0009").first).to_be_visible()
    assert page.url.startswith(f"{house.address}/progress?")
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies()}


@pytest.mark.parametrize(
    ("email", "claims", "told"),
    [
        ("nobody@n.example", {}, "Aucun résultat n’est ouvert à cette adresse"),
        ("old@o.example", {}, "Aucun résultat n’est ouvert à cette adresse"),
    ],
)
def test_who_has_no_grant_sees_public_pages_and_whom_to_ask(
    page: Page, house: House, email: str, claims: dict[str, object], told: str
) -> None:
    sign_in(page, house, email, **claims)
    expect(page.get_by_text(told)).to_be_visible()
    page.goto(f"{house.address}/benchmark?cluster=demo-0011")
    expect(page.get_by_role("heading", name="Cette page n’est pas publique")).to_be_visible()


def test_an_unverified_address_is_nobody(page: Page, house: House) -> None:
    house.person("staff@s.example", email_verified=False)
    page.goto(house.address)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_placeholder("sub").fill("staff@s.example")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_text("n’a pas vérifié l’adresse staff@")).to_be_visible()
    said = house.log.read_text("utf-8")
    assert "a sign-in was refused: login.unverified" in said
    assert "s.example" not in said, "not whose"
    page.goto(f"{house.address}/data")
    expect(page.get_by_role("heading", name="Cette page n’est pas publique")).to_be_visible()


def test_signing_out_in_one_tab_ends_the_other(browser: Browser, house: House) -> None:
    first = open_tab(browser)
    sign_in(first, house, "eve@e.example")
    second = first.context.new_page()
    second.goto(f"{house.address}/benchmark")
    expect(second.get_by_text("Cluster Démo 0010").first).to_be_visible()
    sign_out(first, house)
    switch_language(second, "EN")
    expect(second.get_by_text("You have signed out")).to_be_visible()
    expect(second.get_by_text("Cluster Démo 0010")).to_have_count(0)
    first.context.close()


def test_staff_give_access_which_counts_at_the_next_click(browser: Browser, page: Page, house: House) -> None:
    newcomer = open_tab(browser)
    sign_in(newcomer, house, "new@n.example")
    sign_in(page, house, "staff@s.example")
    page.goto(f"{house.address}/access")
    expect(page.get_by_role("heading", name="Qui voit quoi")).to_be_visible()
    expect(page.get_by_text("5 droits sont accordés, à 5 personnes.")).to_be_visible()
    expect(page.get_by_role("table", name="Les dernières lignes")).to_contain_text("s’est connecté")
    grants.replace(house.data, grants.check_rows([*GRANTS, ["new@n.example", "manager", "demo-0012", "", ""]], ())[0])
    newcomer.goto(f"{house.address}/benchmark")
    expect(newcomer.get_by_text("Cluster Démo 0012").first).to_be_visible()
    grants.replace(house.data, grants.check_rows(GRANTS, ())[0])
    switch_language(newcomer, "EN")
    expect(newcomer.get_by_role("heading", name="This page is not public")).to_be_visible()
    newcomer.context.close()
    assert catalog.current_path(house.data).is_file()


ROUNDS = int(os.environ.get("TEST_ROUNDS", "3"))
# Charts are drawn some time after the run has ended, so their texts are left out; tables and sentences say the same.
MAIN = """
[...document.querySelectorAll("[data-testid=stMain] :is([data-testid=stMarkdownContainer], [data-testid=stHtml])")]
    .map(part => part.innerText).join("\\n")
"""


def test_two_managers_and_staff_at_once_each_see_their_own(browser: Browser, house: House) -> None:
    """All three change the page at the same moment, again and again; each must show what it showed to them alone."""
    clusters = {"anna@a.example": "0007", "eve@e.example": "0010", "staff@s.example": "0020"}
    tabs = {email: open_tab(browser) for email in clusters}
    alone: dict[tuple[str, str], str] = {}
    for email, tab in tabs.items():
        sign_in(tab, house, email)
        tab.goto(f"{house.address}/benchmark?cluster=demo-{clusters[email]}&lang=en")
        expect(tab.get_by_role("heading", name=f"Cluster Démo {clusters[email]}")).to_be_visible()
        for language, title in (("FR", "Par où commencer"), ("EN", "Where to begin")):
            switch_language(tab, language)
            expect(tab.get_by_role("heading", name=title).first).to_be_visible()
            expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
            alone[email, language] = tab.evaluate(MAIN)
        assert clusters[email] in alone[email, "EN"]
    assert len(set(alone.values())) == 2 * len(clusters)
    for turn in range(ROUNDS):
        language = ("FR", "EN")[turn % 2]
        for tab in tabs.values():
            switch_language(tab, language)
        for email, tab in tabs.items():
            told = alone[email, language]
            with suppress(PlaywrightTimeoutError):  # what is there in its place is told by the next line
                wait_until(tab, f"told => ({MAIN}) === told", told)
            assert tab.evaluate(MAIN) == told
    for tab in tabs.values():
        tab.context.close()


def test_staff_correct_a_city_in_three_steps_and_another_visitor_sees_it_at_the_next_click(
    browser: Browser, page: Page, house: House
) -> None:
    sign_in(page, house, "staff@s.example")
    public = f"{house.address}/cluster?id=de-hamburg-aviation-e-v&lang=fr"
    page.goto(public)
    visitor = open_tab(browser)
    visitor.goto(public)
    expect(visitor.get_by_text("Hamburg, Allemagne").first).to_be_visible()
    expect(visitor.get_by_role("link", name="Corriger ce cluster dans le registre")).to_have_count(0)

    page.get_by_role("link", name="Corriger ce cluster dans le registre").click()
    form = page.get_by_test_id("stForm").filter(has_text="Domaine d’activité")
    form.get_by_label("Ville").fill("Bremen")
    form.get_by_label("Pourquoi").fill("demandé par le cluster")
    form.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Enregistré\u00a0: chaque page le montre dès le prochain clic.")).to_be_visible()

    switch_language(visitor, "EN")  # any next click
    expect(visitor.get_by_text("Bremen, Germany").first).to_be_visible()
    marks = visitor.request.get(f"{house.address}/labels.geojson?q=hamburg+aviation").json()["features"]
    assert {tuple(round(at, 1) for at in mark["geometry"]["coordinates"]) for mark in marks} == {(8.8, 53.1)}

    page.goto(f"{house.address}/register?part=history&lang=fr")
    page.get_by_label("Pourquoi").fill("c’était une erreur")
    page.get_by_role("button", name="Annuler ce changement").click()
    expect(page.get_by_text("Annulé\u00a0: chaque page le montre dès le prochain clic.")).to_be_visible()
    switch_language(visitor, "FR")
    expect(visitor.get_by_text("Hamburg, Allemagne").first).to_be_visible()


def test_staff_search_the_log_by_person_object_and_action(page: Page, house: House) -> None:
    sign_in(page, house, "staff@s.example")
    zoe, yan = "zoe@z.example", "yan@y.example"
    records = ((zoe, "look", "demo-0031"), (zoe, "publish", "x"), (yan, "look", "demo-0031"))
    for day, (who, action, what) in enumerate(records):
        at = datetime(2026, 5, 1 + day, tzinfo=UTC).isoformat(timespec="seconds")
        audit_records.add(house.data, AuditRecord(at, who, action, what), datetime(2020, 1, 1, tzinfo=UTC))
    page.goto(f"{house.address}/access")
    log = page.get_by_role("table", name="Les dernières lignes")
    expect(log).to_contain_text("demo-0031")
    search = page.get_by_label("Chercher une date, une personne, un objet")
    search.fill("DEMO-0031 zoe")
    search.press("Enter")
    expect(log.locator("tbody tr")).to_have_count(1)
    expect(log).to_contain_text("zoe@z.example")
    assert "zoe" not in page.url
    search.fill("2026-05")
    search.press("Enter")
    expect(log.locator("tbody tr")).to_have_count(3)
    page.get_by_role("combobox", name="Action").click()
    page.get_by_role("option", name="a publié", exact=True).click()
    expect(log.locator("tbody tr")).to_have_count(1)
    search.fill("nobody")
    search.press("Enter")
    expect(page.get_by_text("Aucune ligne trouvée.")).to_be_visible()
    expect(log).to_have_count(0)
