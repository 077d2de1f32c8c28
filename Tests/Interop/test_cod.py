"""COD documents for the reading of legacy certificates: xmlsec1 finds each good that is whole, and bad or elsewhere what is damaged."""

import unittest

import cod
import cod_damaged


class DocumentsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.parties = cod.Parties()

    def good(self, document):
        return cod.good(document, self.parties.exporter, self.parties.officer)

    def test_each_profile_of_signatures_in_use_is_good(self):
        for profile in ["production", "s-fide", "exclusive"]:
            for form in ["A18", "A35", "A72"]:
                with self.subTest(profile, form=form):
                    self.assertTrue(self.good(self.parties.document(profile=profile, form=form)))

    def test_what_is_changed_is_bad(self):
        whole = self.parties.document()
        for damage in [cod_damaged.changed, cod_damaged.changed_entity, cod_damaged.formatted]:
            with self.subTest(damage.__name__):
                self.assertFalse(self.good(damage(whole)))

    def test_what_was_moved_aside_is_good_to_whom_looks_for_ids_alone(self):
        """So a reader must ask whether the element that it reads is the one that is signed."""
        self.assertTrue(self.good(cod_damaged.wrapped_whole(self.parties.document())))
