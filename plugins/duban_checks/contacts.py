"""Contacts whose date, mode and number do not agree; the measures of communication rest on all three."""

from duban import Check, Severity, Text

_AGREE = Text(
    "请核对沟通记录，使日期、方式、次数一致", "check the records, and make date, mode and number agree"
)

CHECKS = [
    Check(
        id="negative_contacts",
        title=Text("沟通次数为负", "negative number of contacts"),
        offends="contacts < 0",
        column="contacts",
        message=Text("沟通次数是 {contacts}", "the number of contacts is {contacts}"),
        action=Text("请改正次数", "correct the number"),
    ),
    Check(
        id="contact_without_mode",
        title=Text("有沟通日期没有方式", "contact without a mode"),
        offends="contacted_on is not null and contact_mode is null",
        column="contact_mode",
        message=Text(
            "首次沟通日期是 {contacted_on}，但没有沟通方式，不计为已沟通",
            "first contact on {contacted_on}, but no mode: it does not count as contacted",
        ),
        action=Text("请补填沟通方式", "fill in the mode"),
        severity=Severity.WARNING,
    ),
    Check(
        id="contact_date_without_contact",
        title=Text("未沟通却有日期", "a date without a contact"),
        offends="contact_mode = 'none' and contacted_on is not null",
        column="contacted_on",
        message=Text(
            "沟通方式是未沟通，首次沟通日期却是 {contacted_on}",
            "the mode says that there was no contact, yet the first was on {contacted_on}",
        ),
        action=_AGREE,
        severity=Severity.WARNING,
    ),
    Check(
        id="contacts_without_contact",
        title=Text("未沟通却有次数", "a number without a contact"),
        offends="contact_mode = 'none' and contacts > 0",
        column="contacts",
        message=Text(
            "沟通方式是未沟通，沟通次数却是 {contacts}",
            "the mode says that there was no contact, yet there were {contacts}",
        ),
        action=_AGREE,
        severity=Severity.WARNING,
    ),
    Check(
        id="mode_without_contacts",
        title=Text("有沟通方式次数却为零", "a mode without a contact"),
        offends="contacts = 0 and contact_mode <> 'none'",
        column="contacts",
        message=Text(
            "填了沟通方式，沟通次数却是 0，仍计为已沟通",
            "there is a mode, yet the number of contacts is 0: it counts as contacted",
        ),
        action=_AGREE,
        severity=Severity.WARNING,
    ),
]
