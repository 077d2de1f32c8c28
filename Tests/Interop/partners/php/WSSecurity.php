<?php
declare(strict_types=1);

/**
 * WS-Security with nothing but PHP's DOM and openssl: signs what SoapClient and SoapServer write, verifies what they read.
 */
final class WSSecurity
{
    public const WSA = 'http://www.w3.org/2005/08/addressing';
    private const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
    private const WSSE = self::OASIS . 'wssecurity-secext-1.0.xsd';
    private const WSU = self::OASIS . 'wssecurity-utility-1.0.xsd';
    private const X509 = self::OASIS . 'x509-token-profile-1.0#X509v3';
    private const BASE64 = self::OASIS . 'soap-message-security-1.0#Base64Binary';
    private const DS = 'http://www.w3.org/2000/09/xmldsig#';
    private const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
    private const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
    public const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

    /** @param string $folder with signing.key and signing.pem (ours), and partner.pem (what the other side signs with) */
    public function __construct(private readonly string $folder)
    {
    }

    /**
     * @param string $envelope without headers
     * @param array<string, string> $addressing WS-Addressing headers: name and content, as XML
     */
    public function sign(string $envelope, array $addressing = []): string
    {
        $document = new DOMDocument();
        $document->loadXML($envelope);
        $body = self::one(self::xpath($document), '/s:Envelope/s:Body');
        $body->setAttributeNS(self::WSU, 'wsu:Id', 'Body');
        $header = self::fragment($document, $this->header($document->documentElement->namespaceURI, $addressing));
        $document->documentElement->insertBefore($header, $body);

        $ids = ['Timestamp', ...array_keys($addressing), 'Body'];
        $xpath = self::xpath($document);
        $security = self::one($xpath, '/s:Envelope/s:Header/wsse:Security');
        $security->insertBefore(self::fragment($document, self::signature($xpath, $ids)), self::one($xpath, 'wsu:Timestamp', $security));

        // Only now, in its place: what is signed is the SignedInfo that stands in the message.
        $signedInfo = self::one($xpath, 'ds:Signature/ds:SignedInfo', $security);
        openssl_sign($signedInfo->C14N(true), $value, $this->read('signing.key'), OPENSSL_ALGO_SHA256);
        self::one($xpath, 'ds:Signature/ds:SignatureValue', $security)->textContent = base64_encode($value);
        return $document->saveXML();
    }

    /** Throws unless the other side signed Body and Timestamp, and Timestamp is not over. */
    public function verify(string $message): VerifiedMessage
    {
        $document = new DOMDocument();
        // A DOCTYPE has no place in SOAP, and could define entities that change what is read.
        self::demand(@$document->loadXML($message) && !$document->doctype, 'the message is not XML as SOAP has it');
        $xpath = self::xpath($document);
        // Every part is taken from its own place: an element with the right name anywhere else is somebody's attempt.
        $security = self::one($xpath, '/s:Envelope/s:Header/wsse:Security');
        $signature = self::one($xpath, 'ds:Signature', $security);
        $signedInfo = self::one($xpath, 'ds:SignedInfo', $signature);

        $token = base64_decode(self::one($xpath, 'wsse:BinarySecurityToken', $security)->textContent);
        self::demand($token === self::der($this->read('partner.pem')), 'the message is not signed by the partner');
        self::demandAlgorithm($xpath, 'ds:CanonicalizationMethod', $signedInfo, self::EXCLUSIVE);
        self::demandAlgorithm($xpath, 'ds:SignatureMethod', $signedInfo, self::RSA_SHA256);
        $value = base64_decode(self::one($xpath, 'ds:SignatureValue', $signature)->textContent);
        $isRight = openssl_verify($signedInfo->C14N(true), $value, $this->read('partner.pem'), OPENSSL_ALGO_SHA256) === 1;
        self::demand($isRight, 'the signature is wrong');

        $digests = [];
        foreach ($xpath->query('ds:Reference', $signedInfo) as $reference) {
            $part = self::referenced($xpath, $reference);
            $digests[$part->getNodePath()] = self::digest($xpath, $reference, $part);
        }
        $body = self::one($xpath, '/s:Envelope/s:Body');
        $timestamp = self::one($xpath, 'wsu:Timestamp', $security);
        foreach ([$body, $timestamp] as $part) {
            self::demand(isset($digests[$part->getNodePath()]), "$part->localName is not signed");
        }
        $expires = new DateTimeImmutable(self::one($xpath, 'wsu:Expires', $timestamp)->textContent);
        self::demand($expires > new DateTimeImmutable(), 'Timestamp is over');

        $messageID = $xpath->query('/s:Envelope/s:Header/wsa:MessageID')->item(0);
        $isSigned = $messageID && isset($digests[$messageID->getNodePath()]);
        return new VerifiedMessage($message, $digests[$body->getNodePath()], $isSigned ? $messageID->textContent : null);
    }

    private function header(string $soap, array $addressing): string
    {
        $blocks = '';
        foreach ($addressing as $name => $content) {
            $blocks .= "<wsa:$name wsu:Id=\"$name\">$content</wsa:$name>";
        }
        $token = base64_encode(self::der($this->read('signing.pem')));
        $created = gmdate('Y-m-d\TH:i:s\Z');
        $expires = gmdate('Y-m-d\TH:i:s\Z', time() + 300);
        $namespaces = sprintf('xmlns:s="%s" xmlns:wsa="%s" xmlns:wsse="%s" xmlns:wsu="%s"', $soap, self::WSA, self::WSSE, self::WSU);
        return "<s:Header $namespaces>$blocks<wsse:Security s:mustUnderstand=\"1\">"
            . '<wsse:BinarySecurityToken EncodingType="' . self::BASE64 . '" ValueType="' . self::X509 . "\" wsu:Id=\"Token\">$token"
            . '</wsse:BinarySecurityToken>'
            . "<wsu:Timestamp wsu:Id=\"Timestamp\"><wsu:Created>$created</wsu:Created><wsu:Expires>$expires</wsu:Expires></wsu:Timestamp>"
            . '</wsse:Security></s:Header>';
    }

    /** @param string[] $ids */
    private static function signature(DOMXPath $xpath, array $ids): string
    {
        $references = '';
        foreach ($ids as $id) {
            $part = self::one($xpath, "//*[@wsu:Id='$id']");
            $digest = base64_encode(hash('sha256', $part->C14N(true), true));
            $references .= "\n    <ds:Reference URI=\"#$id\">"
                . '<ds:Transforms><ds:Transform Algorithm="' . self::EXCLUSIVE . '"/></ds:Transforms>'
                . '<ds:DigestMethod Algorithm="' . self::SHA256 . "\"/><ds:DigestValue>$digest</ds:DigestValue></ds:Reference>";
        }
        return '<ds:Signature xmlns:ds="' . self::DS . "\">\n  <ds:SignedInfo>"
            . "\n    <ds:CanonicalizationMethod Algorithm=\"" . self::EXCLUSIVE . '"/>'
            . "\n    <ds:SignatureMethod Algorithm=\"" . self::RSA_SHA256 . "\"/>$references\n  </ds:SignedInfo>"
            . "\n  <ds:SignatureValue/>\n  <ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse=\"" . self::WSSE . '">'
            . '<wsse:Reference URI="#Token" ValueType="' . self::X509 . "\"/></wsse:SecurityTokenReference></ds:KeyInfo>\n</ds:Signature>";
    }

    private static function referenced(DOMXPath $xpath, DOMElement $reference): DOMElement
    {
        $uri = $reference->getAttribute('URI');
        self::demand(preg_match('/^#[\w.-]+\z/', $uri) === 1, "a reference to $uri");
        return self::one($xpath, sprintf("//*[@wsu:Id='%s']", substr($uri, 1)));
    }

    /** The DigestValue of a reference, found right. */
    private static function digest(DOMXPath $xpath, DOMElement $reference, DOMElement $part): string
    {
        self::demandAlgorithm($xpath, 'ds:Transforms/ds:Transform', $reference, self::EXCLUSIVE);
        self::demandAlgorithm($xpath, 'ds:DigestMethod', $reference, self::SHA256);
        $digest = base64_decode(self::one($xpath, 'ds:DigestValue', $reference)->textContent);
        self::demand($digest === hash('sha256', $part->C14N(true), true), "$part->localName was changed");
        return $digest;
    }

    /** An element without content: an InclusiveNamespaces would change what C14N has to give. */
    private static function demandAlgorithm(DOMXPath $xpath, string $path, DOMElement $place, string $algorithm): void
    {
        $element = self::one($xpath, $path, $place);
        self::demand($element->getAttribute('Algorithm') === $algorithm && !$element->firstElementChild, "another $element->localName");
    }

    private static function one(DOMXPath $xpath, string $path, ?DOMElement $place = null): DOMElement
    {
        $found = $xpath->query($path, $place);
        self::demand($found->length === 1, "$found->length of $path");
        return $found->item(0);
    }

    private static function xpath(DOMDocument $document): DOMXPath
    {
        $xpath = new DOMXPath($document);
        $prefixes = ['wsse' => self::WSSE, 'wsu' => self::WSU, 'ds' => self::DS, 'wsa' => self::WSA];
        foreach (['s' => $document->documentElement->namespaceURI, ...$prefixes] as $prefix => $namespace) {
            $xpath->registerNamespace($prefix, $namespace ?? '');
        }
        return $xpath;
    }

    private static function fragment(DOMDocument $document, string $xml): DOMDocumentFragment
    {
        $fragment = $document->createDocumentFragment();
        $fragment->appendXML($xml);
        return $fragment;
    }

    private function read(string $name): string
    {
        return file_get_contents("$this->folder/$name");
    }

    private static function der(string $pem): string
    {
        openssl_x509_export($pem, $certificate);
        return base64_decode(preg_replace('/-----.*?-----/', '', $certificate));
    }

    private static function demand(bool $isRight, string $what): void
    {
        $isRight || throw new UntrustedMessage($what);
    }
}

final class VerifiedMessage
{
    /**
     * @param string $bodyDigest the DigestValue of Body's reference, as bytes: what a receipt gives back
     * @param ?string $messageID the MessageID of WS-Addressing, where it is signed
     */
    public function __construct(public readonly string $xml, public readonly string $bodyDigest, public readonly ?string $messageID)
    {
    }
}

final class UntrustedMessage extends RuntimeException
{
}
