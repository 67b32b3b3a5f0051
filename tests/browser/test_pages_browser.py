"""In a real browser, without internet: pages draw, no request leaves the own origin, private stays private."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
import zipfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import (
    confirm_and_publish,
    needs_chromium,
    open_every_page,
    run_has_ended,
    serve,
    strangers,
    the_map,
    wait_until,
)
from support.editions import HOLDERS, publish_folder

from clusterdash.editions.reader import EditionReader

pytestmark = needs_chromium


def test_a_deep_link_to_a_staff_page_opens_nothing_on_a_fresh_server(data: Path, page: Page) -> None:
    """Streamlit would run a page file lying in `pages/` for the very first visitor after a restart."""
    with serve(data) as fresh:
        for link in ("/sectors?lang=fr", "/benchmark?cluster=demo-0003&lang=fr"):
            page.goto(fresh + link)
            expect(page.get_by_role("heading", name="Cette page n’est pas publique")).to_be_visible()
            body = page.locator("body").inner_text()
            assert "côte à côte" not in body
            assert "Démo 0003" not in body
            assert page.locator(".js-plotly-plot").count() == 0
            assert page.get_by_role("dialog").count() == 0


def test_a_link_to_a_result_opens_it_once_the_role_is_taken(page: Page, address: str) -> None:
    page.goto(f"{address}/benchmark?cluster=demo-0004&lang=en")
    page.get_by_role("button", name="As the manager of a cluster").click()
    expect(page.get_by_role("heading", name="Cluster Démo 0004")).to_be_visible()
    assert "cluster=demo-0004" in page.url


def test_each_known_score_stands_in_the_radar_even_beside_a_gap(page: Page, address: str, staff: EditionReader) -> None:
    def gaps(cluster: str) -> list[bool]:
        return [profile.score is None for profile in staff.benchmark(cluster).first.scores]

    holed = next(cluster for cluster in staff.assessed() if any(gaps(cluster)[1:-1]) and not gaps(cluster)[0])
    page.goto(f"{address}/benchmark?cluster={holed}&lang=en")
    page.get_by_role("button", name="As the manager of a cluster").click()
    expect(page.get_by_role("heading", name=holed[-4:])).to_be_visible()
    scores = [profile.score for profile in staff.benchmark(holed).first.scores]
    known = [str(round(score)) for score in scores if score is not None]
    expect(page.locator(".radar-axis b")).to_have_text(known)
    expect(page.locator(".radar-axis i")).to_have_text(["no score"] * (len(scores) - len(known)))
    page.get_by_text("Explore: a radar of your own choice").click()
    expect(page.locator(".polar .textpoint text")).to_have_text(known)


def test_a_deep_link_to_a_public_page_works_on_a_fresh_server(data: Path, page: Page) -> None:
    with serve(data) as fresh:
        page.goto(f"{fresh}/labels?label=gold&lang=en")
        expect(
            page.get_by_role("heading", name=f"{HOLDERS['gold']} clusters have been awarded the label Gold")
        ).to_be_visible()
        expect(the_map(page).locator(".leaflet-marker-icon").first).to_be_visible()
        assert page.get_by_role("dialog").count() == 0, "no word of a page that does not exist"


def test_the_radar_draws_and_follows_the_cluster(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=fr")
    page.get_by_role("button", name="En tant que responsable").click()
    expect(page.get_by_role("heading", name="Cluster Démo 0001")).to_be_visible()
    before = page.locator(".radar img").get_attribute("src")
    page.locator(".st-key-viewer").get_by_role("button", name="Cluster Démo 0001").click()
    chooser = page.get_by_role("combobox", name="Cluster inventé")
    chooser.click()
    chooser.fill("Démo 0004")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cluster Démo 0004")).to_be_visible()
    wait_until(page, "location.search.includes('cluster=demo-0004')")
    expect(page.locator(".radar img")).not_to_have_attribute("src", before or "")
    assert page.locator(".js-plotly-plot").count() == 0, "a chart to explore is fetched when it is opened"
    assert strangers(page, address) == []


def test_an_indicator_leads_to_its_words_in_the_dictionary(page: Page, address: str) -> None:
    page.goto(f"{address}/benchmark?cluster=demo-0004&lang=en")
    page.get_by_role("button", name="As the manager of a cluster").click()
    page.get_by_text("All indicators, one by one").click()
    link = page.get_by_role("link", name="S1 Age of the cluster organisation").last
    expect(link).to_be_visible()
    page.goto(f"{address}/{link.get_attribute('href')}")
    expect(page.get_by_role("heading", name="Dictionary of the indicators")).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text("Age of the cluster organisation")


def test_the_plan_is_saved_without_an_address_that_others_could_open(page: Page, address: str) -> None:
    page.goto(f"{address}/plan?cluster=demo-0004&lang=fr")
    page.get_by_role("button", name="En tant que responsable").click()
    run_has_ended(page)
    page.get_by_role("textbox", name="Responsable").first.fill("Zoé")
    page.keyboard.press("Enter")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Télécharger en CSV").click()
    text = Path(saved.value.path()).read_text("utf-8-sig")
    assert "Zoé" in text
    assert saved.value.suggested_filename.startswith("plan-demo-0004-")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Télécharger l’agenda").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"BEGIN:VCALENDAR")
    asked: list[str] = page.asked  # type: ignore[attr-defined]
    assert not [url for url in asked if url.startswith(f"{address}/media/")]
    assert strangers(page, address) == []


def test_the_report_is_saved_and_lies_at_no_address(page: Page, address: str) -> None:
    page.goto(f"{address}/brief?cluster=demo-0003&lang=fr")
    page.get_by_role("button", name="En tant que responsable").click()
    expect(page.get_by_text("Cluster Démo 0003 · réponses du")).to_be_visible()
    kinds = {
        "L’essentiel en quatre pages": (b"%PDF-", "rapport-demo-0003-"),
        "Chaque indicateur, en annexe": (b"%PDF-", "annexe-demo-0003-"),
        "Les chiffres en classeur": (b"PK", "rapport-demo-0003-"),
        "Les chiffres en données": (b"{", "rapport-demo-0003-"),
        "La page à publier": (b"%PDF-", "page-publique-demo-0003-"),
        "La même en image": (b"\x89PNG", "page-publique-demo-0003-"),
    }
    for button, (start, name) in kinds.items():
        with page.expect_download() as saved:
            page.get_by_role("button", name=button).click()
        assert Path(saved.value.path()).read_bytes().startswith(start)
        assert saved.value.suggested_filename.startswith(name)
        assert "-fr." in saved.value.suggested_filename
    asked: list[str] = page.asked  # type: ignore[attr-defined]
    assert not [url for url in asked if url.startswith(f"{address}/media/")]
    assert strangers(page, address) == []


def test_staff_take_the_briefs_of_all(page: Page, address: str) -> None:
    page.goto(f"{address}/briefs?lang=en")
    page.get_by_role("button", name="As staff").click()
    expect(page.get_by_role("heading", name="120 reports in 2 archives")).to_be_visible()
    page.goto(f"{address}/briefs?lang=en&part=101-120")
    page.get_by_role("button", name="As staff").click()
    with page.expect_download(timeout=60_000) as saved:
        page.get_by_role("button", name="The reports of these clusters").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert len(archive.namelist()) == 20
    asked: list[str] = page.asked  # type: ignore[attr-defined]
    assert not [url for url in asked if url.startswith(f"{address}/media/")]


def test_staff_check_compare_publish_and_go_back(data: Path, sample_folder: Path, tmp_path: Path, page: Page) -> None:
    """Through the page: a file with a fault, then a sound one; live at the next click, and back again."""
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    files = tmp_path / "files"
    shutil.copytree(sample_folder, files)
    answers = (files / "answers.csv").read_text("utf-8").splitlines()
    kept = [line for line in answers if "demo-0001" not in line]
    (files / "answers.csv").write_text("\n".join([*kept, kept[-1]]), "utf-8")
    names = [str(path) for path in sorted(files.glob("*.csv"))]
    with serve(copy) as running:
        page.goto(f"{running}/data?lang=en")
        page.get_by_role("button", name="As staff").click()
        expect(page.get_by_role("heading", name="The data", exact=True)).to_be_visible()
        page.locator("input[type=file]").set_input_files(names)
        page.get_by_text("Replace the published edition").click()
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_text("1 error, warnings:")).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Download the list").click()
        told = Path(saved.value.path()).read_text("utf-8-sig")
        assert "answers.csv" in told
        assert "already answered" in told
        assert str(tmp_path) not in told, "not where on the server"
        assert page.get_by_role("button", name="Publish this edition").count() == 0
        (files / "answers.csv").write_text("\n".join(kept), "utf-8")
        page.goto(f"{running}/data?lang=en")
        page.get_by_role("button", name="As staff").click()
        page.locator("input[type=file]").set_input_files(names)
        page.get_by_text("Replace the published edition").click()
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_text("Clusters gone (1): Cluster Démo 0001")).to_be_visible()
        expect(page.get_by_text("120 assessed clusters")).to_be_visible()
        confirm_and_publish(page)
        expect(page.get_by_text("The edition is published")).to_be_visible()
        expect(page.get_by_text("119 assessed clusters")).to_be_visible()
        page.get_by_role("button", name="Go back to the previous edition").click()
        expect(page.get_by_text("120 assessed clusters")).to_be_visible()
        expect(page.get_by_role("table", name="What was published").filter(has_text="rollback").first).to_be_visible()
        expect(page.get_by_role("button", name="Discard this edition")).to_have_count(0)
        page.get_by_role("button", name="Check", exact=True).click()
        page.get_by_role("button", name="Discard this edition").first.click()
        page.get_by_role("button", name="Yes, discard").click()
        expect(page.get_by_text("The edition is discarded")).to_be_visible()
        expect(page.get_by_role("button", name="Discard this edition")).to_have_count(0)
        asked: list[str] = page.asked  # type: ignore[attr-defined]
        assert not [url for url in asked if url.startswith(f"{running}/media/")]


def test_a_questionnaire_goes_out_filled_in_and_comes_back(data: Path, tmp_path: Path, page: Page) -> None:
    """From the page to a spreadsheet, back through the staff's page, and live: one cluster changes, no other."""
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    filled = tmp_path / "demo-0003.xlsx"
    with serve(copy) as running:
        own = f"{running}/questionnaire?cluster=demo-0003&scheme=benchmark-36&lang=en"
        page.goto(own)
        page.get_by_role("button", name="As staff").click()
        with page.expect_download() as saved:
            page.get_by_role("button", name="The pre-filled questionnaire").click()
        saved.value.save_as(filled)
        book = openpyxl.load_workbook(filled)
        book.worksheets[0]["D2"] = "2026-03-27"
        book.worksheets[1]["H2"] = "seen <b>on site</b>"
        book.worksheets[-1]["B2"] = "A story"
        book.save(filled)
        page.goto(f"{running}/data?lang=en")
        page.get_by_role("button", name="As staff").click()
        page.locator("input[type=file]").set_input_files(str(filled))
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_text("Clusters changed (1): Cluster Démo 0003")).to_be_visible()
        expect(page.get_by_text("Clusters gone")).to_have_count(0)
        confirm_and_publish(page)
        expect(page.get_by_text("120 assessed clusters")).to_be_visible()
        page.goto(own)
        page.get_by_role("button", name="As staff").click()
        page.get_by_text("Your last answers").click()
        expect(page.get_by_role("table", name="The answers of 27 March 2026")).to_be_visible()
        expect(page.get_by_role("cell", name="seen <b>on site</b>")).to_be_visible()
        page.get_by_test_id("stExpander").get_by_text("Success stories").first.click()
        expect(page.get_by_role("table", name="Success stories")).to_contain_text("A story")


FITS = (
    "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth <= main.clientWidth }"
)


def fits(page: Page) -> bool:
    """Whether nothing is wider than the page, once its charts have taken the width that there is."""
    with suppress(AssertionError):
        wait_until(page, FITS, seconds=10)
        return True
    return False


# Pages are drawn first at either width, in one of the languages; a window may be made wider, or narrower.
@pytest.mark.parametrize(("language", "widths"), [("fr", (360, 1280)), ("en", (1280, 360))])
def test_no_page_scrolls_sideways(browser: Browser, address: str, language: str, widths: tuple[int, int]) -> None:
    page = browser.new_page()
    doors = {"fr": ("En tant que responsable", "En tant qu’équipe"), "en": ("As the manager", "As staff")}
    ways = [(f"/?lang={language}", ""), (f"/labels?label=bronze&lang={language}", "")]
    ways += [(f"/dictionary?lang={language}", ""), (f"/method?lang={language}", "")]
    ways += [(f"/?lang={language}", door) for door in doors[language]]
    ways += [
        (f"/{name}?lang={language}&cluster=demo-0004", doors[language][0])
        for name in ("progress", "counterparts", "plan", "silver", "gold", "binder", "questionnaire")
    ]
    for link, door in ways:
        page.set_viewport_size({"width": widths[0], "height": 800})
        page.goto(address + link)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if door:
            page.get_by_role("button", name=door).click()
            run_has_ended(page)
            parts = (".js-plotly-plot .main-svg", "[data-testid=stTextInput]", "table", ".radar", ".verdict")
            drawn = page.locator(", ".join((*parts, "[class*=st-key-file]")))
            expect(drawn.filter(visible=True).last).to_be_visible()
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            assert fits(page), (link, door, width)
    page.close()


def test_assets_are_served_and_nothing_beside_them(address: str) -> None:
    for path in ("/assets/leaflet/leaflet.js", "/assets/leaflet/leaflet.css", "/assets/geo/countries-110m.geojson"):
        with urllib.request.urlopen(address + path, timeout=10) as answer:
            assert answer.status == 200
    for path in ("/assets/geo/%2e%2e/scheme/indicators.csv", "/assets/leaflet/../__init__.py"):
        try:
            with urllib.request.urlopen(address + path, timeout=10) as answer:
                assert b"<!doctype html>" in answer.read(300).lower(), "the page itself, not the file"
        except urllib.error.HTTPError as refusal:
            assert refusal.code in (400, 404)


HOSTILE = "![i](http://evil.example/a.png) **b** :red[r] :material/home: -> $x$ https://evil.example www.evil.example"


def test_free_text_stays_text_in_the_page(tmp_path: Path, page: Page) -> None:
    """Names, places, titles and what the address says: no image, no link, no icon, no markup."""
    folder = tmp_path / "in"
    folder.mkdir()
    people = "".join(f'c{i},"{HOSTILE} {i % 2}",FR,"{HOSTILE}",s-1\n' for i in range(8))
    files = {
        "edition": f'title,synthetic\n"{HOSTILE}",1\n',
        "sectors": f'code,name_en,name_fr\ns-1,"{HOSTILE}","{HOSTILE}"\n',
        "dimensions": f'scheme,code,name_en,name_fr\ng,d,"{HOSTILE}","{HOSTILE}"\n',
        "indicators": "scheme,code,dimension,name_en,name_fr,kind,direction\n"
        f'g,q,d,"{HOSTILE}","{HOSTILE}",number,higher\n',
        "clusters": f"cluster_id,name,country,city,sector\n{people}",
        "answers": "cluster_id,assessed_on,scheme,indicator,value\n"
        + "".join(f"c{i},2025-01-01,g,q,{i}\n" for i in range(8)),
    }
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    with serve(publish_folder(folder, tmp_path / "data")) as running:
        page.goto(f"{running}/benchmark?lang={quote(HOSTILE)}&cluster=c3")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        main = page.locator("[data-testid=stMain]")
        expect(main).to_contain_text("![i](http")
        page.locator(".st-key-viewer").get_by_role("button").click()
        page.get_by_role("radiogroup", name="Voir comme").get_by_text("Responsable").click()
        expect(page.locator(".row").first).to_be_visible()
        assert "cluster=c3" in page.url, "clusters of one name are told apart"
        expect(page.get_by_role("heading", level=1).first).to_contain_text("**b** :\u2060red[r]")
        for part in (
            "img[src*=evil]",
            "a[href*='//'][href*=evil]",
            "strong:text-is('b')",
            "[data-testid=stIconMaterial]:text('home')",
        ):
            assert main.locator(part).count() == 0, part
        assert strangers(page, running) == []


def test_a_sound_copy_put_back_is_served_again(data: Path, tmp_path: Path, page: Page) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    edition = next((copy / "editions").iterdir())
    sound = edition.read_bytes()
    with serve(copy) as running:
        page.goto(f"{running}/?lang=en")
        expect(page.get_by_role("heading", name="Where does your cluster stand in Europe?")).to_be_visible()
        edition.unlink()
        edition.write_bytes(b"damaged")
        page.goto(f"{running}/?lang=en")
        expect(page.get_by_text("is not a readable edition")).to_be_visible()
        edition.unlink()
        edition.write_bytes(sound)
        page.goto(f"{running}/?lang=en")
        expect(page.get_by_role("heading", name="Where does your cluster stand in Europe?")).to_be_visible()


def test_no_page_breaks_the_content_policy(page: Page, address: str) -> None:
    """A browser says in its console what a policy has kept a page from doing."""
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/?lang=en")
    page.get_by_role("button", name="As staff").click()
    expect(page.get_by_role("heading", name="Sectors side by side")).to_be_visible()
    assert len(set(open_every_page(page))) >= 20
    assert broken == []
    page.evaluate(
        "() => { const s = document.createElement('script'); s.text = 'window.ran = 1'; document.body.append(s) }"
    )
    assert page.evaluate("() => window.ran") is None, "a script in the page does not run"
    assert broken


def test_the_server_says_who_may_frame_it(address: str) -> None:
    def headers(path: str) -> dict[str, str]:
        with urllib.request.urlopen(address + path) as answer:
            return {name.lower(): value for name, value in answer.headers.items()}

    for path in ("/", "/benchmark", "/labels.csv", "/list/fr", "/_stcore/health", "/assets/leaflet/leaflet.js"):
        told = headers(path)
        assert "frame-ancestors 'self'" in told["content-security-policy"], path
        assert "unsafe-inline" not in told["content-security-policy"].partition("style-src")[0], path
        assert told["x-frame-options"] == "SAMEORIGIN"
        assert told["x-content-type-options"] == "nosniff"
    embedded = headers("/embed")
    assert "frame-ancestors" not in embedded["content-security-policy"]
    assert "x-frame-options" not in embedded
