"""Tags that draw the small repeated parts of every page: icons, tables, form controls, pages."""

from collections.abc import Iterable

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Bootstrap's class for each kind of control; what is not named here is a text-like input.
CONTROL_CLASSES = {
    "select": "form-select",
    "selectmultiple": "form-select",
    "nullbooleanselect": "form-select",
    "checkbox": "form-check-input",
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon: symbol `name` of rafkhan/icons/sprite.svg.

    `label` is what a screen reader says; leave it empty where a word stands beside the icon.
    """
    naming = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>',
        mark_safe(naming),
        static("rafkhan/icons/sprite.svg"),
        name,
    )


@register.simple_tag
def bar(value: float, most: float, css: str = "") -> SafeString:
    """A bar as long as `value` is of `most`; the number itself stands beside it in words.

    `css` names its tone (tone-…). It is drawn as a picture, so that it prints without background
    colours being switched on.
    """
    width = round(100 * value / most, 1) if most else 0
    return format_html(
        '<svg class="length {}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false"><rect width="{}" height="10"></rect></svg>',
        css,
        width,
    )


@register.simple_block_tag(end_name="endtable")
def table(content: str, caption: str, id: str = "table", hide_caption: bool = False) -> str:
    """Wrap `<thead>` and `<tbody>` in the dense table of components/table.html.

    The table scrolls sideways inside its own frame, never the page; the frame can be reached
    with the keyboard and is named by the caption. `id` must be unique in the page.
    """
    return render_to_string(
        "components/table.html",
        {"content": content, "caption": caption, "id": id, "hide_caption": hide_caption},
    )


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The widget of a bound field with Bootstrap's class added to its own classes."""
    css = CONTROL_CLASSES.get(field.widget_type, "form-control")
    own = field.field.widget.attrs.get("class", "")
    invalid = "is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": " ".join(filter(None, (css, own, invalid)))})


@register.simple_tag
def page_numbers(page: Page) -> Iterable[int | str]:
    """Page numbers to offer around `page`, with gaps where the list of pages is long."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
