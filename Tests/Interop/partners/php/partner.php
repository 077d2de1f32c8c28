<?php
declare(strict_types=1);

/*
 * A partner with PHP's own SoapClient: knows nothing but the WSDL, sends a message signed, verifies the answer, and prints the
 * receipt; or the refusal, with exit status 1. Exit status 2: an answer that is none.
 *
 * php partner.php WSDL SOAP-VERSION [ROUTE] < message.xml, in a folder with signing.key and signing.pem (ours), partner.pem (what
 * the gateway signs with), tls.pem (our certificate and key) and tls-ca.pem. ROUTE: where to connect, if not at the WSDL's address.
 */

require __DIR__ . '/WSSecurity.php';

final class SignedSoapClient extends SoapClient
{
    private readonly WSSecurity $security;

    public function __construct(string $wsdl, int $version, private readonly ?string $route)
    {
        $this->security = new WSSecurity(getcwd());
        $tls = ['local_cert' => 'tls.pem', 'cafile' => 'tls-ca.pem'];
        parent::__construct($wsdl, [
            'soap_version' => $version,
            'stream_context' => stream_context_create(['ssl' => $tls]),
            // A cached WSDL outlives a change of the gateway's address or contract.
            'cache_wsdl' => WSDL_CACHE_NONE,
            // Without it, a list of one comes as the one.
            'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
        ]);
    }

    public function __doRequest(string $request, string $location, string $action, int $version, bool $oneWay = false): ?string
    {
        $signed = $this->security->sign($request, [
            'Action' => $action,
            'To' => $location,
            'MessageID' => 'uuid:' . bin2hex(random_bytes(16)),
            'ReplyTo' => '<wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:Address>',
        ]);
        $answer = parent::__doRequest($signed, $this->route ?? $location, $action, $version, $oneWay);
        // Before SoapClient reads anything of it, and what is returned is what was verified; faults are signed as receipts are.
        return $answer === null ? null : $this->security->verify($answer)->xml;
    }
}

/** What a partner's own program would make from its data: nested arrays by the names of the WSDL. */
function arguments(SimpleXMLElement $element): mixed
{
    $named = [];
    foreach ($element->children() as $name => $child) {
        $named[$name][] = arguments($child);
    }
    if ($named) {
        return array_map(fn(array $values) => count($values) > 1 ? $values : $values[0], $named);
    }
    return match ($element->getName()) {
        // SoapClient writes base64 itself.
        'Content' => base64_decode((string) $element),
        // It takes the text "false" for true.
        'Preferential', 'IssuedRetroactively', 'BackToBack' => (string) $element === 'true',
        default => (string) $element,
    };
}

[, $wsdl, $version] = $argv;
$message = simplexml_load_string(stream_get_contents(STDIN));
try {
    $client = new SignedSoapClient($wsdl, $version === '1.2' ? SOAP_1_2 : SOAP_1_1, $argv[3] ?? null);
    $receipt = $client->__soapCall($message->getName(), [arguments($message)])->Receipt;
    $receipt->DigestValue = base64_encode($receipt->DigestValue);
    echo json_encode($receipt), "\n";
} catch (SoapFault $fault) {
    if (!isset($fault->detail->Refusal)) {
        fwrite(STDERR, "partner: $fault->faultcode: $fault->faultstring\n");
        exit(2);
    }
    echo json_encode(['code' => $fault->faultcode, 'reason' => $fault->faultstring, 'refusal' => $fault->detail->Refusal]), "\n";
    exit(1);
} catch (UntrustedMessage $untrusted) {
    fwrite(STDERR, "partner: {$untrusted->getMessage()}\n");
    exit(2);
}
