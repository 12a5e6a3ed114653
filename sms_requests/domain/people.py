"""Whether some words are a person's name."""

from collections.abc import Sequence

from sms_requests.domain.tokens import letters_key


def _keys(text: str) -> frozenset[str]:
    return frozenset(letters_key(name) for name in text.split())


# Common given names, women's and men's.
GIVEN = _keys("""
        علی محمد حسین حسن رضا مهدی امیر احمد محمود مصطفی مرتضی مجتبی سعید حمید مجید وحید ناصر
        جواد کاظم هادی صادق باقر جعفر عباس اکبر اصغر ابراهیم اسماعیل یوسف یعقوب موسی عیسی یونس
        ایوب داود داوود سلیمان ابوالفضل ابوالقاسم عبدالله عبداله عبدالرضا غلامرضا علیرضا محمدرضا
        حمیدرضا امیرحسین امیرعلی محمدعلی محمدحسین محمدمهدی محمدحسن محمدجواد محمدامین علی‌اکبر
        علی‌اصغر سجاد میلاد مهران مهرداد مهرزاد بهرام بهروز بهزاد بهنام بهمن فرهاد فرزاد فرشاد
        فرید فریدون فرامرز کامران کیوان کیان کوروش داریوش آرش آرمان آرمین آریا آرین اشکان پیمان
        پویا پارسا پدرام پرویز جمشید خسرو شهرام شهاب شاهین شایان شهریار سامان سینا سیاوش سهراب
        سهیل سیامک منوچهر هوشنگ یاسر یاشار نوید نیما نادر ایمان امین احسان اسد اسدالله قاسم کریم
        رحیم رحمان حبیب حامد طاها ماهان متین مسعود مسلم منصور میثم هومن هاشم ایرج بابک روزبه
        رامین رسول روح‌الله فاطمه زهرا زینب مریم معصومه رقیه سکینه خدیجه صدیقه طاهره مرضیه راضیه
        سمیه سمیرا سارا سحر سپیده ستاره سوگند سونیا ساناز سمانه سیما سیمین سهیلا سوسن شادی شبنم
        شقایق شهلا شهره شهین شیدا شیرین شیما شیوا شراره شکوفه پروین پروانه پریسا پریا پگاه پرستو
        پونه پانیذ نرگس نازنین نازی ناهید ندا نسترن نسرین نسیم نگار نگین نیلوفر نیره نوشین نفیسه
        نجمه مینا میترا مهسا مهناز مهشید مهدیه مهرناز مژگان مژده محدثه ملیکا منیژه منیره مونا
        مائده لیلا لیدا لاله کیمیا کوثر گلنار گلناز گلی فرزانه فرشته فریبا فریده فرناز فهیمه غزل
        غزاله عاطفه عارفه عسل طناز طیبه صبا ژاله ژیلا زیبا رویا روژان ریحانه رها رعنا راحله
        دلارام دنیا حدیث حدیثه حنانه حمیده حلیمه حکیمه ثریا ثنا تینا ترانه بهاره بهناز بنفشه
        باران آیدا آیناز آزاده آزیتا آرزو آناهیتا آتنا آسیه افسانه اکرم اعظم الناز الهام الهه
        النا المیرا الینا اسما انسیه ارغوان هانیه هدی هدیه هستی هنگامه یاسمن یاسمین یگانه یلدا
        یسنا حاجیه مهرانا هلیا نرجس محیا مبینا مطهره
    """)
_BEFORE_NAMES = _keys("سید سیده خانم آقای دکتر مهندس حاج میر سیّد")
# Words that no name holds and titles often do.
_NOT_IN_NAMES = _keys("""
        چطور چگونه باید لطفا میخوام میخواستم کنید شود باشد هستم عضو و از در به را که است بود با
        برای بر تا من تو او ما کوچولو این آن نیست هست چه چرا کتاب کتابخانه عمومی مرکزی شهید امام
        جلد دوم اول تاریخ داستان قصه زندگی مقدس کبیر
    """)
_FAMILY_ENDS = tuple(
    _keys(
        """
        ی زاده پور نژاد فر نیا یان ور مند دوست خواه لو وند منش تبار کیا راد پناه فرد سرشت پرور
        مهر بخش شناس بیگی دار گر چی دانشور یزدان
    """
    )
)


def begins_a_name(keys: Sequence[str]) -> bool:
    """Whether the words begin with a common given name, with or without «سید» before it."""
    first = 1 if len(keys) > 1 and keys[0] in _BEFORE_NAMES else 0
    return len(keys) > first and (keys[first] in GIVEN or "".join(keys[first : first + 2]) in GIVEN)


def begins_with_a_form_of_address(keys: Sequence[str]) -> bool:
    """Whether the words begin with «خانم», «آقای», «سید» and the like."""
    return len(keys) > 1 and keys[0] in _BEFORE_NAMES


def is_a_name(keys: Sequence[str]) -> bool:
    """Whether two to five words are a given and a family name, by their look."""
    if not 2 <= len(keys) <= 5 or not begins_a_name(keys) or _NOT_IN_NAMES.intersection(keys):
        return False
    last = keys[-1]
    return last.endswith(_FAMILY_ENDS) and last != keys[0]


def may_be_a_name(keys: Sequence[str]) -> bool:
    """Whether one to six words could be a name where one is expected."""
    return (
        1 <= len(keys) <= 6
        and all(key.isalpha() for key in keys)
        and not _NOT_IN_NAMES.intersection(keys)
    )


def looks_like_an_author(keys: Sequence[str]) -> bool:
    """Whether words beside a title are a name: a given name and one or two words more."""
    return 2 <= len(keys) <= 3 and begins_a_name(keys) and may_be_a_name(keys)
