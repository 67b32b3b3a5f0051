"""The way to Gold in a real browser: a level is moved, a binder is kept, printed and loaded back."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from support.browser import needs_chromium, run_has_ended, strangers, wait_until

pytestmark = needs_chromium


def test_a_level_is_moved_and_the_link_shows_it_to_others(page: Page, address: str) -> None:
    page.goto(f"{address}/gold?lang=en&cluster=demo-0003")
    page.get_by_role("button", name="As the manager of a cluster").click()
    expect(page.get_by_role("heading", name="The way to Gold")).to_be_visible()
    expect(page.get_by_text("answers differ")).to_have_count(0)
    page.get_by_text("Structure of the cluster", exact=True).click()
    levels = page.get_by_role("radiogroup", name="1.1.1 Composition / structure of participants", exact=True)
    levels.get_by_role("radio", name="1", exact=True).click()
    expect(page.get_by_text("1 indicator below its threshold")).to_be_visible()
    expect(page.get_by_text("What if: 1 level differs")).to_be_visible()
    assert "try=1.1.1%3A1" in page.url
    link = page.url
    other = page.context.new_page()
    other.goto(link)
    other.get_by_role("button", name="As the manager of a cluster").click()
    expect(other.get_by_text("What if: 1 level differs")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("What if: 1 level differs")).to_have_count(0)
    assert not strangers(page, address)


def test_a_trial_is_there_again_after_a_look_at_another_page(page: Page, address: str) -> None:
    page.goto(f"{address}/gold?lang=en&cluster=demo-0003&of=demo-0003&try=1.1.1:1&fixed=3.2")
    page.get_by_role("button", name="As the manager of a cluster").click()
    expect(page.get_by_text("What if: 1 level differs")).to_be_visible()
    page.get_by_role("link", name="Evidence binder").first.click()
    expect(page.get_by_role("heading", name="Evidence binder")).to_be_visible()
    page.get_by_role("link", name="Gold", exact=True).click()
    expect(page.get_by_text("What if: 1 level differs")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/gold\?.*try=1\.1\.1%3A1"))
    assert "fixed=3.2" in page.url
    page.get_by_role("button", name="Back to the answers of the assessment").click()
    expect(page.get_by_text("What if: 1 level differs")).to_have_count(0)
    assert "try=" not in page.url
    page.get_by_role("link", name="Evidence binder").first.click()
    expect(page.get_by_role("heading", name="Evidence binder")).to_be_visible()
    page.get_by_role("link", name="Gold", exact=True).click()
    expect(page).to_have_url(re.compile(r"/gold\?.*fixed=3\.2"))
    expect(page.get_by_text("What if: 1 level differs")).to_have_count(0)


def test_the_binder_is_kept_in_a_file_of_ones_own(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/binder?lang=fr&cluster=demo-0003")
    page.get_by_role("button", name="En tant que responsable").click()
    page.get_by_text("prêt", exact=True).first.click()
    expect(page.get_by_role("img", name="1 prêt, 0 en préparation, 33 à trouver")).to_be_visible()
    page.get_by_role("textbox").nth(0).fill("armoire 3")
    page.get_by_role("textbox").nth(0).press("Enter")
    page.get_by_text("La liste entière, 34 documents").click()
    expect(page.get_by_role("table", name="Tous les documents")).to_contain_text("armoire 3")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Télécharger en XLSX").click()
    path = tmp_path / saving.value.suggested_filename
    saving.value.save_as(path)
    page.emulate_media(media="print")
    expect(page.get_by_role("textbox").nth(0)).to_be_hidden()
    expect(page.get_by_role("table", name="Tous les documents")).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    page.get_by_role("button", name="Imprimer la liste").click()
    assert page.evaluate("window.printed") == 1

    another = page.context.new_page()
    another.goto(f"{address}/binder?lang=en&cluster=demo-0003")
    another.get_by_role("button", name="As the manager of a cluster").click()
    expect(another.get_by_text("None of the 34 documents is ready yet.")).to_be_visible()
    expect(another.get_by_role("img", name="0 ready, 0 in preparation, 34 missing")).to_be_visible()
    another.get_by_text("Upload a saved file").first.click()
    another.locator("input[type=file]").set_input_files(path)
    expect(another.get_by_text("34 documents read from the file.")).to_be_visible()
    expect(another.get_by_role("img", name="1 ready, 0 in preparation, 33 missing")).to_be_visible()
    another.get_by_text("The whole list, 34 documents").click()
    expect(another.get_by_role("table", name="All documents")).to_contain_text("armoire 3")
    another.get_by_text("in preparation", exact=True).first.click()
    expect(
        another.get_by_role("img", name="1 ready, 1 in preparation, 32 missing").or_(
            another.get_by_role("img", name="0 ready, 1 in preparation, 33 missing")
        )
    ).to_be_visible()
    # What is typed after loading stays: the file is read once.
    expect(another.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(another.get_by_role("img", name="1 in preparation")).to_be_visible()


def first_task(page: Page) -> Locator:
    """The first row of a plan, once all are drawn; it is found by its indicator, also while others are drawn anew."""
    run_has_ended(page)
    first = page.locator("[class*='st-key-task-']").first
    name = first.evaluate("row => [...row.classList].find(name => name.startsWith('st-key-task-'))")
    return page.locator(f".{name}")


def test_a_plan_is_taken_away_and_taken_up_again(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/plan?lang=en&cluster=demo-0004")
    page.get_by_role("button", name="As the manager of a cluster").click()
    row = first_task(page)
    row.get_by_label("Owner").fill("Zoé")
    row.get_by_label("Owner").press("Enter")
    expect(page.get_by_text("This plan is not in a file yet")).to_be_visible()
    run_has_ended(page)
    row.get_by_label("Notes").fill("=1+1")
    row.get_by_label("Notes").press("Enter")
    run_has_ended(page)
    expect(row.get_by_label("Owner")).to_have_value("Zoé")
    row.get_by_text("Done", exact=True).click()
    expect(page.get_by_text("This plan is not in a file yet")).to_be_visible()
    expect(page.get_by_text("Nothing is saved on the server: reloading the page loses")).to_be_visible()
    assert page.evaluate("typeof window.onbeforeunload") == "function", "the browser asks before the page is left"
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download XLSX").click()
    path = tmp_path / saving.value.suggested_filename
    saving.value.save_as(path)
    expect(page.get_by_text("This plan is not in a file yet")).to_have_count(0)
    wait_until(page, "window.onbeforeunload === null")

    page.reload()
    page.get_by_role("button", name="As the manager of a cluster").click()
    row = first_task(page)
    expect(row.get_by_label("Owner")).to_have_value("")
    page.get_by_text("Upload a saved plan").first.click()
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("read from the file.")).to_be_visible()
    run_has_ended(page)
    expect(row.get_by_label("Owner")).to_have_value("Zoé")
    expect(row.get_by_label("Notes")).to_have_value("=1+1")
    expect(row.get_by_role("checkbox", name="Done")).to_be_checked()
    expect(page.get_by_text("1 of them done.")).to_be_visible()
    expect(page.get_by_role("table", name="Your previous plan")).to_contain_text("no newer benchmark")
    expect(page.get_by_text("This plan is not in a file yet")).to_have_count(0)
    # What is typed after loading stays: the file is read once.
    run_has_ended(page)
    row.get_by_label("Owner").fill("Ana")
    row.get_by_label("Owner").press("Enter")
    expect(page.get_by_text("This plan is not in a file yet")).to_be_visible()
    expect(row.get_by_label("Owner")).to_have_value("Ana")
    page.evaluate("window.onbeforeunload = null")

    page.goto(f"{address}/plan?lang=en&cluster=demo-0003")
    page.get_by_role("button", name="As the manager of a cluster").click()
    page.get_by_text("Upload a saved plan").first.click()
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("is the plan of another cluster (demo-0004)")).to_be_visible()
    expect(page.get_by_label("Owner").first).to_have_value("")
    assert not strangers(page, address)
