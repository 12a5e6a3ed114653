"""Forms of the reading's own pages."""

from typing import Any

from django import forms
from django.utils.html import format_html

from libraries.domain.persian import to_persian_digits
from libraries.files.limits import persian_number
from libraries.models import Library, Section, User
from shelfreading.models import ReadingSession
from shelfreading.selectors.sessions import sections_with_counts, staff_of

# The directive's first way comes last, with the reason why it doesn't fit here (3-2, S3.2).
CARDS = ReadingSession.Method.CARDS.value
CARDS_REASON = (
    "رف‌برگه برای کتابخانه‌ای است که نسخه‌هایش در نرم‌افزار نیست؛ نسخه‌های شما در سامانه است، "
    "پس بارکدخوان یا فهرست نسخ را برگزینید."
)
CARDS_FIT = "رف‌برگه‌ها را کنار قفسه یکی‌یکی وارد می‌کنید؛ هر کارت هم‌زمان ثبت و علامت‌دار می‌شود."
NO_COPIES_YET = "هنوز نسخه‌ای از این کتابخانه در سامانه نیست؛ نخست فهرست نسخ را وارد کنید."
MORE_THAN_ONE_LINE = forms.Textarea(attrs={"rows": 3, "class": "form-control"})


def _choice(label: str, note: str) -> str:
    return format_html('{}<small class="form-text d-block">{}</small>', label, note)


METHODS = (
    (
        ReadingSession.Method.BARCODE.value,
        "بارکدخوان",
        "کتاب‌ها را به ترتیب قفسه از ردهٔ ۰۰۰ به بالا می‌خوانید؛ همین‌جا یا با فایل حافظهٔ دستگاه.",
    ),
    (
        ReadingSession.Method.LIST.value,
        "فهرست نسخ",
        "فهرستی به ترتیب قفسه، روی صفحه یا کاغذ، که هر کتاب را در آن علامت می‌زنید.",
    ),
    (CARDS, "رف‌برگه‌دان", CARDS_FIT),
)


def method_choices(*, has_copies: bool) -> list[tuple[str, str]]:
    """The directive's three ways, each with what it is, or why it isn't for this library."""
    return [
        (
            value,
            _choice(
                label,
                CARDS_REASON
                if has_copies and value == CARDS
                else note
                if has_copies or value == CARDS
                else NO_COPIES_YET,
            ),
        )
        for value, label, note in METHODS
    ]


class MethodSelect(forms.RadioSelect):
    """The three ways; what needs copies is seen but not chosen where there are none."""

    has_copies = True

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option, switched off where there is nothing to read with it."""
        option = super().create_option(name, value, *args, **kwargs)
        if value != CARDS and not self.has_copies:
            option["attrs"]["disabled"] = True
        return option


class SectionsField(forms.ModelMultipleChoiceField):
    """A library's sections, each with its number of copies."""

    def label_from_instance(self, obj: Any) -> str:
        """«مخزن (۲٬۳۰۰ نسخه)»."""
        return f"{obj.name} ({persian_number(obj.copies_count)} نسخه)"


class StaffField(forms.ModelMultipleChoiceField):
    """Colleagues by name and role."""

    def label_from_instance(self, obj: Any) -> str:
        """«نرگس نمونه، کتابدار»."""
        return f"{obj.full_name}، {obj.get_role_display()}"


class ColleaguesForm(forms.Form):
    """Who takes part; report 1 prints them."""

    participants = StaffField(
        label="همکاران کتابخانه",
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    other_colleagues = forms.CharField(
        label="همکاران دیگر",
        required=False,
        max_length=2000,
        widget=MORE_THAN_ONE_LINE,
        help_text="هر نام در یک خط. این نام‌ها در گزارش شمارهٔ یک چاپ می‌شود.",
    )

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participants"].queryset = staff_of(library)  # type: ignore[attr-defined]

    @property
    def participant_ids(self) -> list[int]:
        """The chosen staff."""
        return [user.pk for user in self.cleaned_data["participants"]]


class SessionForm(ColleaguesForm):
    """A new reading: how, which shelves, with whom."""

    method = forms.ChoiceField(
        label="روش رف‌خوانی",
        choices=method_choices(has_copies=True),
        initial=ReadingSession.Method.BARCODE,
        widget=MethodSelect,
        error_messages={"required": "یکی از روش‌ها را برگزینید."},
    )
    despite_copies = forms.BooleanField(
        label="با این همه با رف‌برگه‌دان می‌خوانم",
        required=False,
        help_text=(
            "تنها برای رف‌برگه‌دان: نسخه‌های کنونی در فهرست می‌آید و کارت‌های دیگر به آن افزوده می‌شود."
        ),
    )
    sections = SectionsField(
        label="بخش‌ها",
        queryset=Section.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="اگر هیچ بخشی را برنگزینید، همهٔ بخش‌ها خوانده می‌شود.",
    )
    class_first = forms.CharField(
        label="از رده", required=False, max_length=40, help_text="مانند ۲۹۷ یا ۸فا۳"
    )
    class_last = forms.CharField(
        label="تا رده", required=False, max_length=40, help_text="مانند ۲۹۹؛ خالی یعنی تا پایان"
    )
    reference = forms.ChoiceField(
        label="منابع مرجع",
        choices=ReadingSession.Reference.choices,
        initial=ReadingSession.Reference.ANY,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label="نام این رف‌خوانی",
        required=False,
        max_length=120,
        help_text="اگر ننویسید، از نام بخش‌ها و رده‌ها ساخته می‌شود.",
    )
    field_order = (
        "method",
        "despite_copies",
        "sections",
        "class_first",
        "class_last",
        "reference",
        "name",
        "participants",
        "other_colleagues",
    )

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        super().__init__(*args, library=library, **kwargs)
        self.fields["sections"].queryset = sections_with_counts(library)  # type: ignore[attr-defined]
        self.has_copies = library.copies.exists()
        method: Any = self.fields["method"]
        method.choices = method_choices(has_copies=self.has_copies)
        if not self.has_copies:
            method.widget.has_copies = False
            method.initial = CARDS
            del self.fields["despite_copies"]

    def clean(self) -> dict[str, Any]:
        """Cards are refused where copies are in the software, unless one insists (3-2)."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        insists = asked.get("despite_copies", False)
        if self.has_copies and asked.get("method") == CARDS and not insists:
            self.add_error("method", f"{CARDS_REASON} برای پافشاری، جملهٔ زیر روش‌ها را علامت بزنید.")
        return asked


class SessionsFilter(forms.Form):
    """Search among readings, for those who see many libraries."""

    q = forms.CharField(label="جست‌وجوی رف‌خوانی", required=False, max_length=100)


class ShelfListFilter(forms.Form):
    """Search in a shelf list, or a jump to a class in it."""

    q = forms.CharField(label="جست‌وجو در فهرست", required=False, max_length=100)
    at_class = forms.CharField(label="رفتن به رده", required=False, max_length=40)


class ScanForm(forms.Form):
    """One code, typed or read into a field."""

    code = forms.CharField(
        label="کد",
        max_length=4000,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "کدی نیامده است؛ بارکد را بخوانید یا بنویسید."},
    )
    event = forms.UUIDField(widget=forms.HiddenInput)


class MemoryForm(forms.Form):
    """A reader's memory."""

    file = forms.FileField(
        label="فایل حافظهٔ بارکدخوان",
        help_text="فایل متنی (txt)، csv یا اکسل (xlsx)؛ با سربرگ و ساعت یا بی آن.",
        error_messages={
            "required": "نخست فایلی برگزینید.",
            "empty": "فایل خالی است (صفر بایت)؛ حافظهٔ بارکدخوان را دوباره خروجی بگیرید.",
        },
    )

    def __init__(self, *args: Any, most_bytes: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_bytes = most_bytes

    def clean_file(self) -> Any:
        """No larger than the site takes."""
        file = self.cleaned_data["file"]
        if file.size > self.most_bytes:
            limit = to_persian_digits(self.most_bytes // (1024 * 1024))
            raise forms.ValidationError(
                f"فایل از {limit} مگابایت بزرگ‌تر است؛ حافظهٔ بارکدخوان چنین بزرگ نمی‌شود، "
                "فایل درست را بفرستید."
            )
        return file
