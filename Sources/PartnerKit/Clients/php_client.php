<?php
declare(strict_types=1);

/*
 * Sends a message to the gateway with PHP's SoapClient, and believes nothing but what the gateway signed.
 *
 *     php client.php OPERATION [DATASET.xml]
 *
 * Prints "receipt ID TIME" and exits with 0; or, where the gateway refuses, "fault CODE RULE CORRELATION-ID", the reason and each
 * problem, with 1; or, where there is no answer to believe, "untrusted WHY", with 2.
 */

// Or a warning of PHP's would stand among what is printed.
ini_set('display_errors', 'stderr');
require __DIR__ . '/WSSecurity.php';

define('KIT', dirname(__DIR__, 2));

/** A line of kit.properties, or what the environment has instead. */
function setting(string $name): string
{
    preg_match("/^$name=(.*)$/m", file_get_contents(KIT . '/kit.properties'), $line);
    return getenv("KIT_$name") ?: trim($line[1]);
}

function path(string $name): string
{
    $path = setting($name);
    $path = str_starts_with($path, '/') ? $path : KIT . "/$path";
    demand(is_readable($path), "$path cannot be read");
    return $path;
}

final class SignedSoapClient extends SoapClient
{
    public readonly WSSecurity $security;

    public function __construct(string $operation)
    {
        $this->security = new WSSecurity(path('SIGNING_KEY'), path('SIGNING_CERTIFICATE'), path('GATEWAY_CERTIFICATES'));
        $tls = ['local_cert' => path('TLS_CERTIFICATE'), 'local_pk' => path('TLS_KEY'), 'cafile' => path('TLS_ANCHORS')];
        parent::__construct(KIT . "/wsdl/$operation.wsdl", [
            'location' => setting('ENDPOINT') . "/$operation",
            'soap_version' => setting('SOAP_VERSION') === '1.1' ? SOAP_1_1 : SOAP_1_2,
            'stream_context' => stream_context_create(['ssl' => $tls]),
            // A cached WSDL outlives a change of the contract.
            'cache_wsdl' => WSDL_CACHE_NONE,
            // Without it, a list of one comes as the one.
            'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
        ]);
    }

    public function __doRequest(string $request, string $location, string $action, int $version, bool $oneWay = false): ?string
    {
        $answer = parent::__doRequest($this->security->sign($request), $location, $action, $version, $oneWay);
        // Before SoapClient reads anything of it; faults are signed as receipts are.
        return $answer === null ? null : $this->security->verified($answer);
    }
}

/** What your own program makes from its data: nested arrays by the names of the WSDL. */
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

function send(string $operation, string $dataset): stdClass
{
    $client = new SignedSoapClient($operation);
    $root = @simplexml_load_file($dataset) ?: throw new Untrusted("the dataset $dataset cannot be read");
    $message = arguments($root);
    $message['FunctionalReferenceID'] = bin2hex(random_bytes(16));
    $receipt = $client->__soapCall($root->getName(), [$message])->Receipt;
    demand($receipt->FunctionalReferenceID === $message['FunctionalReferenceID'], 'the receipt is for another message');
    demand($receipt->DigestValue === $client->security->sentDigest, 'the receipt is for other content');
    return $receipt;
}

try {
    $receipt = send($argv[1], $argv[2] ?? KIT . "/samples/$argv[1].xml");
    echo "receipt $receipt->FunctionalReferenceID $receipt->ReceivedDateTime\n";
    exit(0);
} catch (SoapFault $fault) {
    $refusal = $fault->detail->Refusal ?? null;
    if ($refusal === null) {
        // One of SoapClient's own, such as that nobody answers.
        echo "untrusted $fault->faultstring\n";
        exit(2);
    }
    echo "fault $refusal->Code ", $refusal->Rule ?? '-', " $refusal->CorrelationID\n$fault->faultstring\n";
    // In the detail of a fault a list of one comes as the one, whatever the features say.
    $problems = $refusal->Problem ?? [];
    foreach (is_array($problems) ? $problems : [$problems] as $problem) {
        echo "$problem->Place: $problem->Text\n";
    }
    exit(1);
} catch (Throwable $problem) {
    echo "untrusted {$problem->getMessage()}\n";
    exit(2);
}
