"""What two parties send each other about a certificate, as datasets: the certificate itself, amendments, answers and feedback."""

import datetime
import uuid

import gateway


def day(days):
    """A day so many from now."""
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()


def number():
    """A certificate's number that no other test has."""
    return "K-" + uuid.uuid4().hex[:16].upper()


def about(operation, number, **changes):
    """What an operation says of a certificate; with a message id of its own."""
    dataset, _ = gateway.example_of(operation)
    return dataset | {"id": number} | changes


def certificate(number, version="1", until=300, **changes):
    """A send-co; valid for so many days yet."""
    return about("send-co", number, versionId=version, validity={"from": day(-30), "to": day(until)}, **changes)


def amendment(kind, number, at="2026-11-23T09:00:00Z", **changes):
    dataset = about("send-amendment-notification", number)
    dataset["amendment"] |= {"kind": kind, "dateTime": at}
    dataset["amendment"]["certificate"] |= {"validity": {"from": day(-30), "to": day(300)}} | changes
    return dataset


def correction(number, version, **changes):
    return amendment("4", number, id=number, versionId=version, **changes)


def replacement(number, by, versionId="1", **changes):
    return amendment("5", number, id=by, versionId=versionId, replaces={"id": number}, **changes)


def cancelation(number, **changes):
    dataset = amendment("1", number, **changes)
    del dataset["amendment"]["certificate"]
    return dataset


def cancelation_status(number, code, notification=None, at="2026-12-01T09:00:00Z"):
    """The importing side's word on a cancelation: an answer to a notification, or of its own."""
    said = {"statusCode": code, "dateTime": at, "reasonCode": "DISPUTED" if code == "NOT_CANCELED" else "REQUESTED"}
    if notification:
        said["respondsTo"] = notification["functionalReferenceId"]
    return about("send-cancelation-status", number, cancelation=said)


def feedback(number, treatments, at="2026-12-01T09:00:00Z"):
    """One treatment for all, or one by the number of each item."""
    items = [{"treatment": treatments}] if isinstance(treatments, str) else [
        {"sequence": sequence, "treatment": treatment} for sequence, treatment in treatments.items()
    ]
    for item in items:
        if item["treatment"] in ("DENIED", "PARTIAL", "REVOKED"):
            item["reasonCode"] = "QUANTITY"
    scope = "ALL" if isinstance(treatments, str) else "ITEM"
    return about("send-feedback", number, feedback={"scope": scope, "dateTime": at, "items": items})


def operation(dataset):
    return next(name for name, key in {
        "send-amendment-notification": "amendment", "send-cancelation-status": "cancelation", "send-feedback": "feedback",
        "send-co": "goodsItems",
    }.items() if key in dataset)
