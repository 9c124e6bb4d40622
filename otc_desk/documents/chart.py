"""The payoff of both sides over the settlement price, drawn as lines: places on paper, never money."""

from typing import Final

from fpdf import FPDF

from ifx_sdk import payoff
from ifx_sdk.money import MICRO
from otc_desk.documents.model import PayoffChart
from otc_desk.documents.words import amount

HEIGHT: Final = 58
"""Millimetres with its labels."""
_LONG, _SHORT, _GREY, _INK = (18, 78, 140), (181, 84, 28), (198, 204, 212), (28, 33, 40)
_UNITS: Final = (("T", 10**12), ("B", 10**9), ("M", 10**6), ("K", 10**3))


class _Frame:
    """Prices and payoffs to millimetres."""

    def __init__(self, chart: PayoffChart, left: float, top: float, width: float) -> None:
        self.left, self.top, self.width, self.height = left + 21, top + 9, width - 38, HEIGHT - 18
        ends = [2 * chart.spot, chart.price + chart.spot, chart.settled or 0]
        self.most = max(ends) * 11 // 10
        self.bound = payoff.prefunding(spot=chart.spot, quantity=chart.quantity)

    def x(self, price: int) -> float:
        return self.left + self.width * price / self.most

    def y(self, gain: int) -> float:
        return self.top + self.height / 2 - self.height * gain / (2.3 * self.bound)


def draw(pdf: FPDF, chart: PayoffChart, left: float, top: float, width: float) -> None:
    """Draw it `HEIGHT` high; the page's font is set anew by the caller."""
    frame = _Frame(chart, left, top, width)
    _axes(pdf, chart, frame)
    corners = sorted({0, max(0, chart.price - chart.spot), chart.price + chart.spot, frame.most})
    for name, sign, colour in (("long", 1, _LONG), ("short", -1, _SHORT)):
        points = [(frame.x(price), frame.y(sign * _gain(chart, price))) for price in corners]
        pdf.set_draw_color(*colour)
        pdf.set_line_width(0.55)
        pdf.polyline(points)
        pdf.set_text_color(*colour)
        pdf.set_font("text", size=7.5)
        pdf.text(points[-1][0] + 1.5, points[-1][1] + 1, name)
    _marks(pdf, chart, frame)
    pdf.set_text_color(*_INK)
    pdf.set_line_width(0.2)


def _gain(chart: PayoffChart, settlement: int) -> int:
    return payoff.payoff(price=chart.price, spot=chart.spot, quantity=chart.quantity, settlement=settlement)


def _axes(pdf: FPDF, chart: PayoffChart, frame: _Frame) -> None:
    pdf.set_font("text", size=6.5)
    pdf.set_text_color(90, 98, 108)
    pdf.set_line_width(0.15)
    for gain, label in (
        (frame.bound, f"+{compact(frame.bound)}"),
        (0, "0"),
        (-frame.bound, f"-{compact(frame.bound)}"),
    ):
        pdf.set_draw_color(*(_GREY if gain else (120, 128, 138)))
        pdf.line(frame.left, frame.y(gain), frame.left + frame.width, frame.y(gain))
        pdf.text(frame.left - 1.5 - pdf.get_string_width(label), frame.y(gain) + 0.9, label)
    bottom = frame.top + frame.height
    for quarter in range(0, 4 * frame.most // chart.spot + 1, 2 if frame.most < 4 * chart.spot else 4):
        price = chart.spot * quarter // 4
        pdf.set_draw_color(*_GREY)
        pdf.line(frame.x(price), bottom, frame.x(price), bottom + 1.2)
        label = amount(price)
        if pdf.get_string_width(label) < frame.width / 6:
            pdf.text(frame.x(price) - pdf.get_string_width(label) / 2, bottom + 4, label)
    pdf.line(frame.left, bottom, frame.left + frame.width, bottom)
    name = "Settlement price F_ref, USD per 1M output tokens"
    pdf.text(frame.left + (frame.width - pdf.get_string_width(name)) / 2, bottom + 7.5, name)
    pdf.text(frame.left - 19, frame.top - 5.2, "Payoff, USDT")


def _marks(pdf: FPDF, chart: PayoffChart, frame: _Frame) -> None:
    """Upright lines at F and at what was settled; their labels in two rows, so that neither covers the other."""
    marks = [(chart.price, f"F {amount(chart.price)}", 4.6)]
    if chart.settled is not None:
        marks.append((chart.settled, f"{chart.settled_name} {amount(chart.settled)}", 1.4))
    pdf.set_font("bold", size=6.5)
    pdf.set_text_color(*_INK)
    pdf.set_draw_color(*_INK)
    for price, label, above in marks:
        pdf.set_line_width(0.2)
        pdf.set_dash_pattern(dash=0.9, gap=0.9)
        pdf.line(frame.x(price), frame.top - above + 0.8, frame.x(price), frame.top + frame.height)
        pdf.set_dash_pattern()
        width = pdf.get_string_width(label)
        place = min(max(frame.x(price) - width / 2, frame.left), frame.left + frame.width + 15 - width)
        pdf.text(place, frame.top - above, label)
        if price == chart.settled:
            for sign, colour in ((1, _LONG), (-1, _SHORT)):
                pdf.set_fill_color(*colour)
                radius = 0.9
                pdf.circle(frame.x(price), frame.y(sign * _gain(chart, price)), radius, style="F")


def compact(micro: int) -> str:
    """An amount of micro-USDT on an axis, three digits or more: 8,000,000 USDT is "8M"."""
    whole = micro // MICRO
    for name, unit in _UNITS:
        if whole >= unit:
            tenths = whole * 10 // unit
            return f"{tenths // 10:,}.{tenths % 10}{name}".replace(".0", "")
    return amount(micro)
