"""The entry for catalogues of data, read as RDF: every term exists, and what DCAT-AP requires is there."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD
from rdflib.namespace import DefinedNamespace as Vocabulary
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.editions import AWARDS, TODAY

from clusterdash.domain.text import LocalizedText
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES, translate
from clusterdash.labels import status
from clusterdash.labels.contact import Contact
from clusterdash.labels.filters import LabelFilters
from clusterdash.open_data import dcat
from clusterdash.open_data.label_files import FilteredRegister
from clusterdash.server.routes import routes

SERVER = "https://labels.example/"
CONTACT = Contact("E <&> Co", "https://e.example", "open@e.example")
VCARD = "http://www.w3.org/2006/vcard/ns#"
VCARD_TERMS = {"Organization", "fn", "hasEmail", "hasURL"}
"""Those used of https://www.w3.org/TR/vcard-rdf/, which rdflib does not list."""
SINCE_DCAT_3 = {"version"}
"""Those used of version 3, where rdflib lists version 2."""


def register(staff: EditionReader) -> FilteredRegister:
    found = status.label_statuses(staff.label_register(), TODAY, TODAY)
    return FilteredRegister(found, staff.sectors(), LabelFilters(), TODAY, staff.provenance(), "ab" * 32, "fr")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fetched a context would fail."""

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


def graph_of(content: bytes) -> Graph:
    return Graph().parse(data=content, format="json-ld")


def unknown_terms(graph: Graph) -> set[str]:
    """The predicates and classes that no vocabulary defines."""
    used = {str(term) for _, predicate, _ in graph for term in [predicate]}
    used |= {str(kind) for kind in graph.objects(None, RDF.type)}
    vocabularies: tuple[type[Vocabulary], ...] = (DCAT, DCTERMS, FOAF, RDF)
    known = {term for term in used for one in vocabularies if term.startswith(str(one)) and term in one}
    known |= {VCARD + name for name in VCARD_TERMS} | {f"{DCAT}{name}" for name in SINCE_DCAT_3}
    return used - known


@pytest.mark.usefixtures("offline")
def test_every_term_is_one_of_its_vocabulary(staff: EditionReader) -> None:
    graph = graph_of(dcat.dcat(register(staff), SERVER, CONTACT))
    assert len(graph) > 100
    assert unknown_terms(graph) == set()
    graph.add((URIRef(SERVER), DCAT.distribution + "s", URIRef(SERVER)))
    assert unknown_terms(graph) == {f"{DCAT}distributions"}, "a slip would be found"


@pytest.mark.usefixtures("offline")
def test_what_dcat_ap_requires_is_there(staff: EditionReader) -> None:
    graph = graph_of(dcat.dcat(register(staff), SERVER, CONTACT))
    (catalog,) = graph.subjects(RDF.type, DCAT.Catalog)
    (dataset,) = graph.objects(catalog, DCAT.dataset)
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    for described in (catalog, dataset):
        for term in (DCTERMS.title, DCTERMS.description):
            told = [text for text in graph.objects(described, term) if isinstance(text, Literal)]
            assert sorted(str(text.language) for text in told) == sorted(LANGUAGES)
            assert len({str(text) for text in told}) == len(LANGUAGES)
        (publisher,) = graph.objects(described, DCTERMS.publisher)
        assert (publisher, RDF.type, FOAF.Agent) in graph
        assert (publisher, FOAF.name, Literal(CONTACT.name)) in graph
        assert (publisher, FOAF.homepage, URIRef(CONTACT.website)) in graph
    files = list(graph.objects(dataset, DCAT.distribution))
    assert len(files) == 5
    for file in files:
        assert (file, RDF.type, DCAT.Distribution) in graph
        for term in (DCAT.accessURL, DCAT.downloadURL, DCAT.mediaType, DCTERMS["format"], DCTERMS.license):
            (value,) = graph.objects(file, term)
            assert not isinstance(value, Literal)
        (licence,) = graph.objects(file, DCTERMS.license)
        assert (licence, RDF.type, DCTERMS.LicenseDocument) in graph
        for language in LANGUAGES:
            text = Literal(translate(language, "export.licence"), lang=language)
            assert (licence, DCTERMS.description, text) in graph
    (contact,) = graph.objects(dataset, DCAT.contactPoint)
    assert (contact, URIRef(f"{VCARD}hasEmail"), URIRef("mailto:open@e.example")) in graph
    keywords = [word.language for word in graph.objects(dataset, DCAT.keyword) if isinstance(word, Literal)]
    assert {*keywords} == {*LANGUAGES}
    assert not list(graph.objects(dataset, DCTERMS.accrualPeriodicity)), "nobody has promised one"


@pytest.mark.parametrize(
    ("as_of", "kind"), [("2026", XSD.gYear), ("2026-11", XSD.gYearMonth), ("2026-11-05", XSD.date), ("", None)]
)
def test_modified_is_what_the_register_states(staff: EditionReader, as_of: str, kind: URIRef | None) -> None:
    stated = staff.provenance()
    assert stated
    found = replace(register(staff), provenance=replace(stated, as_of=as_of, title=LocalizedText("É", "E")))
    graph = graph_of(dcat.dcat(found, SERVER, CONTACT))
    days = [day for day in graph.objects(None, DCTERMS.modified) if isinstance(day, Literal)]
    assert [(str(day), day.datatype) for day in days] == ([(as_of, kind)] if kind else [])
    assert {str(title) for title in graph.objects(URIRef(f"{SERVER}{dcat.PATH}"), DCTERMS.title)} == {"É", "E"}
    nameless = graph_of(dcat.dcat(replace(found, provenance=None), SERVER, CONTACT))
    assert list(nameless.objects(None, DCTERMS.title))


def test_the_box_holds_all_places(staff: EditionReader) -> None:
    found = register(staff)
    graph = graph_of(dcat.dcat(found, SERVER, CONTACT))
    (box,) = graph.objects(None, DCAT.bbox)
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", str(box))]
    longitudes, latitudes = numbers[0::2], numbers[1::2]
    placed = [one.cluster for one in found.matching if one.cluster.has_coordinates]
    assert min(longitudes) == min(one.longitude or 0 for one in placed)
    assert max(latitudes) == max(one.latitude or 0 for one in placed)
    assert (numbers[0], numbers[1]) == (numbers[-2], numbers[-1]), "a closed ring"
    nowhere = [one for one in found.matching if not one.cluster.has_coordinates]
    assert not list(graph_of(dcat.dcat(replace(found, matching=nowhere), SERVER, CONTACT)).objects(None, DCAT.bbox))


def test_without_an_address_of_mail_there_is_the_website(staff: EditionReader) -> None:
    graph = graph_of(dcat.dcat(register(staff), SERVER, Contact("E", "https://e.example")))
    assert not list(graph.objects(None, URIRef(f"{VCARD}hasEmail")))
    assert list(graph.objects(None, URIRef(f"{VCARD}hasURL"))) == [URIRef("https://e.example")]


# -- As it is served


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield TestClient(Starlette(routes=routes()))


def test_every_address_of_the_entry_answers_with_its_media_type(client: TestClient) -> None:
    answer = client.get("/dcat.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert client.get("/dcat.jsonld", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert isinstance(json.loads(answer.text)["@context"], dict), "it stands in the document, nothing is fetched"
    graph = graph_of(answer.content)
    files = list(graph.subject_objects(DCAT.downloadURL))
    assert files
    for file, address in files:
        (media_type,) = graph.objects(file, DCAT.mediaType)
        got = client.get(urlsplit(str(address)).path)
        assert got.status_code == 200
        assert str(media_type).endswith("/" + got.headers["content-type"].split(";")[0])
    (package,) = graph.objects(None, DCTERMS.conformsTo)
    assert client.get(urlsplit(str(package)).path).status_code == 200
    assert client.get("/labels.json").json()["metadata"]["awards"] == str(AWARDS)
