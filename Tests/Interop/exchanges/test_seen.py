"""What operators see: metrics that Prometheus' own parser reads, traces, and log lines as JSON."""

import json
import unittest
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

import gateway

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class SeenTest(unittest.TestCase):
    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)

    def samples(self, name):
        """Values by name and labels."""
        text = urllib.request.urlopen(self.world.api_url(name) + "/metrics", timeout=60).read().decode()
        families = list(text_string_to_metric_families(text))
        self.assertTrue(all(family.documentation for family in families), text)
        return {(sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples}

    def value(self, name, metric, **labels):
        return self.samples(name)[metric, frozenset(labels.items())]

    def test_messages_and_stages_are_counted(self):
        self.world.start("vietnam")
        body = self.world.signed(gateway.example())
        self.assertEqual([self.world.post("vietnam", body)[0] for _ in range(2)], [200, 200])
        self.assertEqual(self.world.post("vietnam", b"<x/>")[0], 500)
        counted = {"direction": "inbound", "operation": "send-co", "partner": "korea"}
        for outcome in ["accepted", "repeated"]:
            self.assertEqual(self.value("vietnam", "coconect_messages_total", outcome=outcome, **counted), 1)
        self.assertEqual(self.value("vietnam", "coconect_messages_total", **counted | {"partner": "unknown"}, outcome="refused"), 1)
        samples = self.samples("vietnam")
        for stage in ["read", "sign", "store"]:
            buckets = [value for (name, labels), value in samples.items()
                       if name == "coconect_stage_seconds_bucket" and ("stage", stage) in labels]
            self.assertEqual(max(buckets), samples["coconect_stage_seconds_count", frozenset({("stage", stage)})])
        self.assertEqual(self.value("vietnam", "coconect_work_waiting", direction="inbound", partner="korea"), 1)
        self.assertEqual(self.value("vietnam", "coconect_store_up"), 1)

    def test_certificates_are_watched(self):
        self.world.start("vietnam")
        left = {labels: value for (name, labels), value in self.samples("vietnam").items() if name == "coconect_certificate_seconds_left"}
        self.assertEqual({dict(labels)["owner"] for labels in left}, {"us", "korea"})
        self.assertTrue(all(value > 86_400 for value in left.values()), left)

    def test_a_trace_goes_from_the_inside_to_the_partner_and_into_both_logs(self):
        partner = {"client": {"certificates": ["../../pki/korea-tls.pem"]}}
        self.world.start("vietnam", partner=partner, log={"format": "json"})
        self.world.start("korea", log={"format": "json"})
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "Prefer": "wait=20"}
        status, _, view = self.world.api("korea", "POST", "/partners/vietnam/send-co", gateway.example(), headers)
        self.assertEqual((status, view["message"]["correlationID"]), (200, TRACE))
        (received,) = self.world.messages("vietnam", view["message"]["messageID"])
        self.assertEqual(received["correlationID"], TRACE)
        lines = [json.loads(line) for line in self.world.log_text("vietnam").splitlines()]
        (accepted,) = [line for line in lines if line["message"] == "message accepted"]
        self.assertEqual((accepted["correlation"], accepted["level"]), (TRACE, "info"))

    def test_a_stranger_does_not_choose_its_correlation_id(self):
        self.world.start("vietnam")
        _, headers, _ = self.world.post("vietnam", b"<x/>", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
        self.assertNotEqual(headers["X-Correlation-ID"], TRACE)


if __name__ == "__main__":
    unittest.main()
