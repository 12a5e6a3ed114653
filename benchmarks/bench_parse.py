"""How many texts are understood a second with as many libraries as the country has (spec R1).

3,415 made-up libraries, many of one name in several towns; texts with and without labels, a third
with a misspelt library. Beside them the simplest way: split at commas, look each part up in a dict
of names, which understands only what is written as the instructions say. Aim: 500 texts a second.
Run: `python benchmarks/bench_parse.py [texts]`.
"""

import random
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.common import median_seconds, seconds, show  # noqa: E402
from libraries.domain.national_id import clean_national_id  # noqa: E402
from sms_requests.domain.library_names import LibraryNames  # noqa: E402
from sms_requests.domain.parse import parse_message  # noqa: E402

LIBRARIES = 3_415
TEXTS = 3_000
ROUNDS = 5
NAMES = (
    *("شهید مطهری", "شهید بهشتی", "امام خمینی (ره)", "شهید رجایی", "شهید باهنر", "ابن‌سینا"),
    *("مرکزی", "حافظ", "سعدی", "فردوسی", "مولوی", "علامه دهخدا", "علامه طباطبایی", "خیام"),
    *("شماره ۲", "۱۵ خرداد", "۲۲ بهمن", "آیت‌الله طالقانی", "آیت‌الله خامنه‌ای", "امام علی (ع)"),
    *("امام رضا (ع)", "امام حسین (ع)", "خاتم‌الانبیاء (ص)", "ولیعصر (عج)", "شهدای گمنام", "نور"),
    *("فرهنگیان", "دانش", "اندیشه", "کوثر", "حکمت", "پروین اعتصامی", "ملاصدرا", "شهید باکری"),
    *("شهید چمران", "شهید همت", "میرزا کوچک‌خان", "الزهرا (س)", "حضرت معصومه (س)", "قائم"),
)
FIRST = (
    *(
        "گل",
        "سبز",
        "سنگ",
        "چشمه",
        "باغ",
        "کوه",
        "دشت",
        "رود",
        "نار",
        "سرو",
    ),
    *(
        "بید",
        "تاک",
        "کاج",
        "بلوط",
        "زر",
        "سیم",
        "مهر",
        "آب",
        "خاک",
        "نیک",
    ),
    *(
        "به",
        "روشن",
    ),
)
SECOND = (
    *(
        "آباد",
        "دره",
        "شهر",
        "تپه",
        "رود",
        "کلا",
        "گرد",
        "زار",
        "سرا",
        "دشت",
    ),
    *(
        "بند",
        "کوه",
        "مرز",
        "پل",
        "خانی",
    ),
)
TITLES = (
    *("بوف کور", "صد سال تنهایی", "۱۹۸۴", "دیوان حافظ", "جنگ و صلح", "چشم‌هایش", "مدیر مدرسه"),
    *("گلستان سعدی", "کلیدر", "Animal Farm", "سمفونی مردگان", "هری پاتر و جام آتش", "دا"),
)


def made_libraries(count: int) -> list[tuple[int, str]]:
    """Libraries with made-up towns: the same forty names over and over."""
    towns = [first + second for first, second in product(FIRST, SECOND)]
    chance = random.Random(count)
    chance.shuffle(towns)
    pairs = [(name, town) for town in towns for name in chance.sample(NAMES, 12)][:count]
    return [
        (number, f"کتابخانه عمومی {name} {town}") for number, (name, town) in enumerate(pairs, 1)
    ]


def made_id(chance: random.Random) -> str:
    """A number with a right check digit."""
    while True:
        digits = "00" + "".join(chance.choices("0123456789", k=8))
        try:
            return clean_national_id(digits)
        except ValueError:
            continue


def made_texts(count: int, libraries: Sequence[tuple[int, str]]) -> list[tuple[str, int]]:
    """Texts with the library that each names, in turn: by instruction, in prose, misspelt."""
    chance = random.Random(count)
    texts = []
    for number in range(count):
        library, name = chance.choice(libraries)
        short = name.removeprefix("کتابخانه عمومی ")
        title, digits = chance.choice(TITLES), made_id(chance)
        if number % 3 == 0:
            text = f"{name}، {digits}، {title}"
        elif number % 3 == 1:
            text = f"سلام لطفا کتاب {title} را از کتابخونه {short} می‌خواستم کدملیم {digits} ممنون"
        else:
            place = len(name) - 2
            text = f"{title} / {name[:place]}{name[place + 1 :]} / {digits}"
        texts.append((text, library))
    return texts


def main(count: int) -> None:
    """Print the texts a second of each way, and how many libraries each found and took wrongly."""
    libraries = made_libraries(LIBRARIES)
    texts = made_texts(count, libraries)
    built = seconds(lambda: LibraryNames(libraries))
    by_name = {name: number for number, name in libraries}

    def plain(text: str) -> int | None:
        parts = (part.strip() for part in text.split("،"))
        return next((by_name[part] for part in parts if part in by_name), None)

    def ours(text: str) -> int | None:
        return parse_message(text, libraries).library

    rows = []
    for name, way in (("parse_message", ours), ("split and dict", plain)):
        found = [(way(text), library) for text, library in texts]
        right = sum(got == library for got, library in found)
        wrong = sum(got not in (None, library) for got, library in found)
        took = median_seconds(lambda way=way: [way(text) for text, _ in texts], ROUNDS)  # type: ignore[misc]
        rows.append((name, count / took, right, wrong))
    ours_speed = rows[0][1]
    print(f"{count:,} texts, {len(libraries):,} libraries; the index took {built:.2f} s")
    show(
        ("way", "texts a second", "beside ours", "library found", "wrong one"),
        [
            (name, f"{speed:,.0f}", f"{speed / ours_speed:.1f}", f"{right:,}", f"{wrong:,}")
            for name, speed, right, wrong in rows
        ],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS)
