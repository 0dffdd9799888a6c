"""Where traces go is said in the file; what lets them in is not."""

import pytest

from gateway.telemetry import Telemetry

TOP = "calendar: GROUP\n"


def section(text: str) -> tuple[str, str]:
    return TOP, f"{TOP}telemetry: {{{text}}}\n"


def test_without_the_section_nothing_is_sent_and_metrics_are_there(valid, loaded):
    assert loaded(valid).telemetry == Telemetry(tracing=None, metrics=True)


def test_a_collector_and_its_header(changed, loaded):
    collector = "otlp: 'https://c.example:4318/', headers: {authorization: env:SAP_PASSWORD}"
    tracing = loaded(changed(section(f"{collector}, sampling: 0.25, service: left"))).telemetry.tracing
    assert (tracing.endpoint, tracing.sampling, tracing.service) == ("https://c.example:4318", 0.25, "left")
    assert tracing.headers["authorization"].reveal() == "s3cret-from-env"
    assert "s3cret" not in repr(tracing)


def test_metrics_may_be_left_out(changed, loaded):
    assert loaded(changed(section("metrics: false"))).telemetry == Telemetry(metrics=False)


def test_certificates_stand_beside_the_file(changed, loaded):
    text = changed(section("otlp: 'https://c', ca: own.pem"))
    assert loaded(text, {"own.pem": "…"}).telemetry.tracing.ca == "own.pem"


def test_a_source_may_be_told_of_traces(valid, changed, loaded):
    address = "url: https://sap.example/sap/opu/odata/sap\n"
    told = changed((address, f"{address}    traceparent: true\n"))
    assert loaded(told).sources["sap"].traceparent
    assert not loaded(valid).sources["sap"].traceparent


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("otlp: 'grpc://c'", "telemetry.otlp: must be an address that starts with http:// or https://"),
        ("otlp: 'https://me:hunter2@c'", "must not hold credentials"),
        ("otlp: 'https://c?token=hunter2'", "must be an address without ? and #"),
        (
            "otlp: 'https://c', headers: {authorization: hunter2}",
            "must not stand in the file: write env:NAME",
        ),
        (
            "otlp: 'https://c', headers: {authorization: env:NOBODY}",
            "names the variable NOBODY, which is not set",
        ),
        ("otlp: 'https://c', headers: {'a b': env:SAP_PASSWORD}", "must be the name of a header"),
        ("otlp: 'https://c', ca: nowhere.pem", "telemetry.ca: is no file"),
        ("otlp: 'https://c', sampling: 1.5", "must be at most 1"),
        ("otlp: 'https://c', sampling: always", "must be a decimal number"),
        ("headers: {authorization: env:SAP_PASSWORD}", "telemetry.headers: is for a collector"),
        ("ca: own.pem", "telemetry.ca: is for a collector"),
        ("metrics: maybe", "must be true or false"),
        ("prometheus: true", "prometheus"),
    ],
)
def test_what_is_wrong_with_it_is_said_without_showing_it(changed, wrong, text, said):
    found = wrong(changed(section(text)))
    assert any(said in problem for problem in found), found
    assert not any("hunter2" in problem for problem in found)
