<?php
declare(strict_types=1);

/** An answer cannot be taken for the gateway's word. */
final class Untrusted extends RuntimeException
{
}

function demand(bool $condition, string $otherwise): void
{
    $condition || throw new Untrusted($otherwise);
}

/**
 * WS-Security with nothing but PHP's DOM and openssl: signs Body and Timestamp of what SoapClient writes, and verifies that the
 * gateway signed those of the answer.
 */
final class WSSecurity
{
    private const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
    private const WSSE = self::OASIS . 'wssecurity-secext-1.0.xsd';
    private const WSU = self::OASIS . 'wssecurity-utility-1.0.xsd';
    private const X509 = self::OASIS . 'x509-token-profile-1.0#X509v3';
    private const BASE64 = self::OASIS . 'soap-message-security-1.0#Base64Binary';
    private const DS = 'http://www.w3.org/2000/09/xmldsig#';
    private const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
    private const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
    private const DIGESTS = [
        'sha256' => 'http://www.w3.org/2001/04/xmlenc#sha256', 'sha384' => self::MORE . 'sha384',
        'sha512' => 'http://www.w3.org/2001/04/xmlenc#sha512',
    ];

    /** The digest of the Body that was signed last, which its receipt must give back. */
    public string $sentDigest = '';

    private readonly OpenSSLAsymmetricKey $key;
    /** Of a number of an ECDSA signature, in bytes; null where the key is an RSA key. */
    private readonly ?int $numberSize;
    private readonly string $token;
    /** @var array<string, string> the gateway's certificates: as a token has them, and as PEM */
    private readonly array $gateway;

    public function __construct(string $key, string $certificate, string $gatewayCertificates)
    {
        $this->key = openssl_pkey_get_private(file_get_contents($key));
        $details = openssl_pkey_get_details($this->key);
        $this->numberSize = $details['type'] === OPENSSL_KEYTYPE_EC ? intdiv($details['bits'] + 7, 8) : null;
        $this->token = array_key_first(self::certificates($certificate));
        $this->gateway = self::certificates($gatewayCertificates);
    }

    /** An envelope, with a signed Security header. */
    public function sign(string $envelope): string
    {
        $document = new DOMDocument();
        $document->loadXML($envelope);
        $xpath = self::xpath($document);
        $body = self::one($xpath, '/s:Envelope/s:Body');
        $body->setAttributeNS(self::WSU, 'wsu:Id', 'Body');
        $envelope = $document->documentElement;
        $envelope->insertBefore(self::fragment($document, $this->header($envelope->namespaceURI)), $body);
        $security = self::one($xpath, '/s:Envelope/s:Header/wsse:Security');
        $timestamp = self::one($xpath, 'wsu:Timestamp', $security);
        $this->sentDigest = hash('sha256', $body->C14N(true), true);
        $references = self::reference('Body', $this->sentDigest)
            . self::reference('Timestamp', hash('sha256', $timestamp->C14N(true), true));
        $security->appendChild(self::fragment($document, $this->signature($references)));
        // Only now, in its place: what is signed is the SignedInfo that stands in the message.
        $signedInfo = self::one($xpath, 'ds:Signature/ds:SignedInfo', $security);
        openssl_sign($signedInfo->C14N(true), $value, $this->key, OPENSSL_ALGO_SHA256);
        $value = $this->numberSize ? self::pairFromDER($value, $this->numberSize) : $value;
        self::one($xpath, 'ds:Signature/ds:SignatureValue', $security)->textContent = base64_encode($value);
        return $document->saveXML();
    }

    /** The answer itself, once it is found that the gateway signed Body and Timestamp, and lately. */
    public function verified(string $answer): string
    {
        $document = new DOMDocument();
        // A DOCTYPE has no place in SOAP, and could define entities that change what is read.
        demand(@$document->loadXML($answer) && !$document->doctype, 'the answer is not XML as SOAP has it');
        $xpath = self::xpath($document);
        // Every part is taken from its own place: an element with the right name anywhere else is somebody's attempt.
        $security = self::one($xpath, '/s:Envelope/s:Header/wsse:Security');
        $timestamp = self::one($xpath, 'wsu:Timestamp', $security);
        $signature = self::one($xpath, 'ds:Signature', $security);
        $signedInfo = self::one($xpath, 'ds:SignedInfo', $signature);

        $token = preg_replace('/\s/', '', self::one($xpath, 'wsse:BinarySecurityToken', $security)->textContent);
        demand(isset($this->gateway[$token]), 'the answer is signed by another certificate');
        $canonicalization = self::algorithm($xpath, 'ds:CanonicalizationMethod', $signedInfo);
        demand($canonicalization === self::EXCLUSIVE, "the answer has another canonicalization, $canonicalization");
        $method = self::algorithm($xpath, 'ds:SignatureMethod', $signedInfo);
        $isAllowed = preg_match('~^' . self::MORE . '(rsa|ecdsa)-(sha256|sha384|sha512)\z~', $method, $kind) === 1;
        demand($isAllowed, "the answer has another signature method, $method");
        $value = base64_decode(self::one($xpath, 'ds:SignatureValue', $signature)->textContent);
        $value = $kind[1] === 'ecdsa' ? self::DERFromPair($value) : $value;
        $isRight = openssl_verify($signedInfo->C14N(true), $value, $this->gateway[$token], $kind[2]) === 1;
        demand($isRight, 'the signature of the answer is wrong');

        foreach ([self::one($xpath, '/s:Envelope/s:Body'), $timestamp] as $part) {
            self::demandSigned($xpath, $signedInfo, $part);
        }
        $created = strtotime(self::one($xpath, 'wsu:Created', $timestamp)->textContent);
        $expires = strtotime(self::one($xpath, 'wsu:Expires', $timestamp)->textContent);
        demand($created - 60 < time() && time() < $expires + 60, 'the answer is old, or the clock is wrong');
        return $answer;
    }

    private static function demandSigned(DOMXPath $xpath, DOMElement $signedInfo, DOMElement $part): void
    {
        $id = $part->getAttributeNS(self::WSU, 'Id');
        $references = array_filter(
            iterator_to_array($xpath->query('ds:Reference', $signedInfo)),
            fn(DOMElement $reference) => $reference->getAttribute('URI') === "#$id",
        );
        demand($id !== '' && count($references) === 1, "$part->localName is not signed");
        $reference = reset($references);
        demand(self::algorithm($xpath, 'ds:Transforms/ds:Transform', $reference) === self::EXCLUSIVE, 'the answer has another transform');
        $hash = array_search(self::algorithm($xpath, 'ds:DigestMethod', $reference), self::DIGESTS, true);
        demand($hash !== false, 'the answer has another digest');
        $digest = base64_decode(self::one($xpath, 'ds:DigestValue', $reference)->textContent);
        demand($digest === hash($hash, $part->C14N(true), true), "$part->localName was changed");
    }

    /** An element without content: an InclusiveNamespaces would change what C14N has to give. */
    private static function algorithm(DOMXPath $xpath, string $path, DOMElement $place): string
    {
        $element = self::one($xpath, $path, $place);
        return $element->firstElementChild ? 'with parameters' : $element->getAttribute('Algorithm');
    }

    private function header(string $soap): string
    {
        $namespaces = sprintf('xmlns:s="%s" xmlns:wsse="%s" xmlns:wsu="%s"', $soap, self::WSSE, self::WSU);
        $created = gmdate('Y-m-d\TH:i:s\Z');
        $expires = gmdate('Y-m-d\TH:i:s\Z', time() + 300);
        return "<s:Header $namespaces><wsse:Security s:mustUnderstand=\"1\">"
            . "<wsu:Timestamp wsu:Id=\"Timestamp\"><wsu:Created>$created</wsu:Created><wsu:Expires>$expires</wsu:Expires></wsu:Timestamp>"
            . '<wsse:BinarySecurityToken wsu:Id="Token" EncodingType="' . self::BASE64 . '" ValueType="' . self::X509 . '">'
            . "$this->token</wsse:BinarySecurityToken></wsse:Security></s:Header>";
    }

    private static function reference(string $id, string $digest): string
    {
        return "<ds:Reference URI=\"#$id\"><ds:Transforms><ds:Transform Algorithm=\"" . self::EXCLUSIVE . '"/></ds:Transforms>'
            . '<ds:DigestMethod Algorithm="' . self::DIGESTS['sha256'] . '"/><ds:DigestValue>' . base64_encode($digest)
            . '</ds:DigestValue></ds:Reference>';
    }

    private function signature(string $references): string
    {
        $method = self::MORE . ($this->numberSize ? 'ecdsa-sha256' : 'rsa-sha256');
        return '<ds:Signature xmlns:ds="' . self::DS . '"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="' . self::EXCLUSIVE . '"/>'
            . "<ds:SignatureMethod Algorithm=\"$method\"/>$references</ds:SignedInfo><ds:SignatureValue/>"
            . '<ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse="' . self::WSSE . '"><wsse:Reference URI="#Token" ValueType="'
            . self::X509 . '"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>';
    }

    /** XML Signature has the two numbers of an ECDSA signature side by side, OpenSSL in ASN.1: SEQUENCE { INTEGER, INTEGER }. */
    private static function pairFromDER(string $der, int $size): string
    {
        $pair = '';
        $offset = ord($der[1]) > 0x7f ? 3 : 2;
        for ($number = 0; $number < 2; $number++) {
            $length = ord($der[$offset + 1]);
            $pair .= str_pad(ltrim(substr($der, $offset + 2, $length), "\0"), $size, "\0", STR_PAD_LEFT);
            $offset += 2 + $length;
        }
        return $pair;
    }

    private static function DERFromPair(string $pair): string
    {
        $numbers = '';
        foreach (str_split($pair, max(1, intdiv(strlen($pair), 2))) as $number) {
            $number = ltrim($number, "\0");
            // A first bit that is set would make it negative.
            $number = ord($number) > 0x7f ? "\0$number" : $number;
            $numbers .= "\x02" . chr(strlen($number)) . $number;
        }
        return "\x30" . (strlen($numbers) > 0x7f ? "\x81" : '') . chr(strlen($numbers)) . $numbers;
    }

    /** @return array<string, string> the certificates of a PEM file: base64 on one line, and PEM */
    private static function certificates(string $path): array
    {
        preg_match_all('/-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----/s', file_get_contents($path), $found);
        return array_combine(preg_replace('/\s/', '', $found[1]), $found[0]);
    }

    private static function one(DOMXPath $xpath, string $path, ?DOMElement $place = null): DOMElement
    {
        $found = $xpath->query($path, $place);
        demand($found->length === 1, "there are $found->length of $path");
        return $found->item(0);
    }

    private static function xpath(DOMDocument $document): DOMXPath
    {
        $xpath = new DOMXPath($document);
        $soap = $document->documentElement->namespaceURI ?? '';
        foreach (['s' => $soap, 'wsse' => self::WSSE, 'wsu' => self::WSU, 'ds' => self::DS] as $prefix => $namespace) {
            $xpath->registerNamespace($prefix, $namespace);
        }
        return $xpath;
    }

    private static function fragment(DOMDocument $document, string $xml): DOMDocumentFragment
    {
        $fragment = $document->createDocumentFragment();
        $fragment->appendXML($xml);
        return $fragment;
    }
}
