<?php
declare(strict_types=1);

/*
 * A partner's end with PHP's own SoapServer: verifies each request and answers with a signed receipt, or with a signed fault where
 * the message says "refuse".
 *
 * WSDL=FOLDER php -S HOST:PORT server.php, in a folder with signing.key, signing.pem and partner.pem.
 */

require __DIR__ . '/WSSecurity.php';

final class Operations
{
    public function __construct(private readonly VerifiedMessage $request)
    {
    }

    /** SoapServer asks for a function for each header with mustUnderstand; this one was dealt with before. */
    public function Security(mixed $header): void
    {
    }

    // Not by __call: SoapServer would give it every header, too.
    public function SendCO(object $message): array
    {
        return $this->answer($message);
    }

    public function SendAmendmentNotification(object $message): array
    {
        return $this->answer($message);
    }

    public function SendCancelationStatus(object $message): array
    {
        return $this->answer($message);
    }

    public function SendFeedback(object $message): array
    {
        return $this->answer($message);
    }

    private function answer(object $message): array
    {
        if (in_array('refuse', $message->Remark ?? [], true)) {
            $refusal = ['Code' => 'dataset', 'CorrelationID' => 'php', 'ServerDateTime' => gmdate('Y-m-d\TH:i:s\Z')];
            throw new SoapFault('Client', 'Not this one.', null, $refusal, 'Refusal');
        }
        return ['Receipt' => [
            'FunctionalReferenceID' => $message->FunctionalReferenceID,
            'ReceivedDateTime' => gmdate('Y-m-d\TH:i:s\Z'),
            'DigestMethod' => WSSecurity::SHA256,
            'DigestValue' => $this->request->bodyDigest,
        ]];
    }
}

$security = new WSSecurity(getcwd());
$wsdl = getenv('WSDL') . '/' . basename($_SERVER['REQUEST_URI']) . '.wsdl';
$server = new SoapServer($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
$addressing = [];
// Signed on the way out, because fault() below ends the program.
ob_start(function (string $answer) use ($security, &$addressing): string {
    $signed = $security->sign($answer, $addressing);
    header('Content-Length: ' . strlen($signed));
    return $signed;
});
try {
    $request = $security->verify(file_get_contents('php://input'));
} catch (UntrustedMessage $untrusted) {
    $server->fault('Client', $untrusted->getMessage());
}
if ($request->messageID !== null) {
    $addressing['RelatesTo'] = htmlspecialchars($request->messageID, ENT_XML1);
}
$server->setObject(new Operations($request));
$server->handle($request->xml);
