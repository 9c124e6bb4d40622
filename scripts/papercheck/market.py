"""Abstract and section 1: the market, in figures of others, and what they say together."""

from fractions import Fraction

from ifx_sdk import calibration, regression
from scripts.papercheck import recorded
from scripts.papercheck.ledger import Row, Section, Verdict, check, growth, mean, percent, row, text

HOLDS, WRONG, OPEN, CITED, CHOSEN = Verdict.HOLDS, Verdict.WRONG, Verdict.OPEN, Verdict.CITED, Verdict.CHOSEN


def sections() -> tuple[Section, ...]:
    """In the paper's order."""
    return (
        Section(number="Title", title="date", rows=(row("dated June 2026", "as printed", CITED, marks="2026"),)),
        Section(number="Abstract", title="what the paper promises", rows=_abstract()),
        Section(number="1.1", title="capital expenditure", rows=_capital()),
        Section(number="1.2", title="the token market", rows=_tokens()),
        Section(number="1.3", title="market architecture", rows=_architecture()),
        Section(number="1.4", title="prices, open and closed", rows=_prices()),
        Section(number="1.5", title="other products; Table 1", rows=(*_products(), *_table_1())),
    )


def _abstract() -> tuple[Row, ...]:
    return (
        row(
            "8.4 billion USD a year by mid-2025 grows to 255 billion by 2030",
            "two markets: 8.4 is enterprise API spend, 255 the whole inference market, which starts at 106 (1.2)",
            WRONG,
            "section 1.2",
            marks="8.4 2025 255 2030",
        ),
        row(
            "the unit: one million output tokens",
            "the unit of every price here",
            HOLDS,
            "money.py",
            marks="one_million",
        ),
        row("a roadmap of three stages", "section 7 lists 3", HOLDS, "count", marks="three"),
    )


def _capital() -> tuple[Row, ...]:
    low, high = 200 + 175 + 115 + 110, 200 + 185 + 135 + 120
    before = Fraction(630) / Fraction(136, 100)
    left = Fraction(1_150) - before - 630
    return (
        row(
            "five hyperscalers spend over 630 billion USD in 2026, 36% more than in 2025",
            f"implies {text(before, 0)} billion in 2025; the reference says over 600",
            CITED,
            "630 / 1.36",
            marks="five 630 2026 36 2025",
        ),
        row(
            "about 75% of it for AI",
            f"{text(Fraction(630 * 3, 4), 1)} billion",
            CITED,
            "0.75 x 630",
            marks="75",
        ),
        row(
            "1.15 trillion USD over the three years 2025 to 2027",
            f"with the figures above {text(left, 0)} billion is left for 2027, after 630 in 2026: not both",
            OPEN,
            "1,150 - 630 / 1.36 - 630",
            marks="2025 2027 1.15",
        ),
        row(
            "more than double the 477 billion of the three years before",
            f"{text(Fraction(1_150, 477), 2)} times",
            HOLDS,
            "1,150 / 477",
            marks="double 477 three",
        ),
        row(
            "2026: Amazon 200, Alphabet 175-185, Meta 115-135, Microsoft 110-120 billion USD",
            f"together {low} to {high}: the 630 of five leaves {630 - high} to {630 - low} for Oracle",
            CITED,
            "sums",
            marks="2026 200 175 185 115 135 110 120",
        ),
        row(
            "Nvidia's data centers earned 30.8 billion USD in the quarter to October 2025, +112%",
            "that is the quarter to October 2024 (fiscal 2025), a year earlier",
            WRONG,
            "Nvidia's results for the quarter that ended on 27 October 2024",
            marks="30.8 2025 112",
        ),
        check(
            "rental of a Blackwell rose 48%, from 2.75 to 4.08 USD an hour, in early 2026",
            "48",
            (Fraction("4.08") / Fraction("2.75") - 1) * 100,
            "4.08 / 2.75 - 1",
            shown="{}%",
            marks="48 2026 2.75 4.08",
        ),
    )


def _tokens() -> tuple[Row, ...]:
    ratio = Fraction("8.4") / Fraction("3.5")
    mid = growth(Fraction("3.5"), Fraction("8.4"), Fraction("10.5") / 12)
    azure = Fraction(100 * 10**12, 10**6) * 8
    return (
        check(
            "API spend rose from 3.5 (Q3 2024) to 8.4 billion USD (mid-2025): 140% annualised",
            "140",
            (ratio - 1) * 100,
            "8.4 / 3.5 - 1",
            shown="{}%",
            note=f"a year's growth from the first day of that quarter on; from its middle {percent(mid, 0)} a year",
            marks="3.5 3 2024 8.4 2025 140",
        ),
        row(
            "a company spends 85,500 USD a month on AI, 36% more than a year before",
            f"implies {text(Fraction(85_500) / Fraction(136, 100), 0)} a month the year before",
            CITED,
            "85,500 / 1.36",
            marks="85,500 36",
        ),
        row("OpenRouter served 100 trillion tokens in 2025", "no source of ours", CITED, marks="100 2025"),
        row("Azure processed 100 trillion tokens in Q2 2025", "no source of ours", CITED, marks="100 2 2025"),
        check(
            "at 8 USD these are 800 million USD",
            "800",
            azure / 10**6,
            "tokens x price",
            shown="{} million",
            note=(
                f"if all were output; of recorded tokens {percent(recorded.OUTPUT_SHARE, 2)} are, "
                f"which makes {text(azure * recorded.OUTPUT_SHARE / 10**6, 0)} million of output"
            ),
            marks="8 800",
        ),
        check(
            "the inference market grows from 106 (2025) to 255 billion USD (2030), 19.2% a year",
            "19.2",
            growth(Fraction("106.15"), Fraction("254.98"), Fraction(5)) * 100,
            "(254.98 / 106.15)^(1/5) - 1",
            shown="{}%",
            marks="106 2025 255 2030 19.2",
        ),
        check(
            "the API market grows from 22.7 (2026) to 137.7 billion USD (2035), 22.1% a year",
            "22.1",
            growth(Fraction("22.74"), Fraction("137.66"), Fraction(9)) * 100,
            "(137.66 / 22.74)^(1/9) - 1",
            shown="{}%",
            note="from the unrounded values of reference 8",
            marks="22.7 2026 137.7 2035 22.1",
        ),
        row("AI is 8% of IT budgets by 2028, below 1% today", "a forecast", CITED, marks="8 2028 1"),
        row(
            "inference of a one-trillion-parameter model costs 90% less in 2030 than in 2025",
            f"{percent(-growth(Fraction(10), Fraction(1), Fraction(5)), 0)} less each year",
            CITED,
            "0.1^(1/5)",
            marks="one-trillion 90 2025 2030",
        ),
        row(
            "models on OpenRouter: 253 in January 2025, 651 in December",
            f"the recorded list of 2025-12-18 has {recorded.MODELS_IN_DECEMBER[0]}: 651 cannot be those on offer",
            CITED,
            "recorded list",
            marks="253 2025 651 2025",
        ),
        row("providers: 27, then 90", "no source of ours", CITED, marks="27 90"),
        row(
            "creators: 43, then 85",
            f"the same list has {recorded.MODELS_IN_DECEMBER[1]}",
            CITED,
            "recorded list",
            marks="43 85",
        ),
        row("programming is about 50% of calls", "no source of ours", CITED, marks="50"),
        row("concentration (HHI) 8,000 and 5,000 by use", "no source of ours", CITED, marks="8,000 5,000"),
        row("Figure 1 covers 2025 to 2030", "no value of it is printed as text", CITED, marks="2025 2030"),
    )


def _architecture() -> tuple[Row, ...]:
    return (
        row("three layers, in the text and in Figure 2", "3 are described", HOLDS, "count", marks="three three"),
        row("85 creators and 90 providers in December 2025", "as in 1.2", CITED, marks="85 2025 90 2025"),
    )


def _prices() -> tuple[Row, ...]:
    monthly = -growth(Fraction(1_000), Fraction(1), Fraction(24))
    return (
        row(
            "a capability's price fell 1,000-fold in two years",
            f"{percent(monthly, 0)} less each month; no row of Table 1 follows one capability",
            CITED,
            "1,000^(-1/24)",
            marks="1,000 two",
        ),
        check(
            "GPT-5.5 lists at 30",
            "30",
            recorded.GPT_55.output,
            recorded.GPT_55.source,
            marks="30",
        ),
        check("Claude Opus 4.8 at 25", "25", recorded.OPUS_48.output, recorded.OPUS_48.source, marks="25"),
        row(
            "Gemini 2.5 Ultra at 15",
            f"no list has that model; Gemini 2.5 Pro is at {recorded.GEMINI_25_PRO.output}",
            OPEN,
            recorded.GEMINI_25_PRO.source,
            marks="15",
        ),
        check(
            "open-weight models cost 87% less, a coefficient of -2.46",
            "87",
            (1 - regression.open_weight_price()) * 100,
            "Eq. 2, `open_weight_price`",
            shown="{}%",
            erratum=22,
            marks="87 2.46",
        ),
        row(
            "DeepSeek V4 Flash at 0.14",
            f"0.14 was its input price (output {recorded.FLASH_V4_MAY.output}) on {recorded.FLASH_V4_MAY.on}; "
            f"output {recorded.FLASH_V4.output} on {recorded.FLASH_V4.on}",
            WRONG,
            "recorded lists",
            marks="0.14",
        ),
        row(
            "Llama 4 Scout at 0.18 to 0.59",
            f"{recorded.SCOUT.output} on OpenRouter",
            HOLDS,
            recorded.SCOUT.source,
            marks="0.18 0.59",
        ),
        row("Figure 3: 2023 to 2026, and June 2026", "no value of it is printed", CITED, marks="2023 2026 2026"),
        row(
            "all revisions of existing models are cuts",
            "Gemini 2.5 Flash rose from 0.60 to 2.50 in June 2025, 317%",
            WRONG,
            "recorded repricings; `hedging.process.RISE`",
        ),
        row(
            "two patterns: mid-cycle revisions are rarer, and larger on average",
            f"rarer they are; {percent(mean(_cuts(mid_cycle=True)))} against "
            f"{percent(mean(_cuts(mid_cycle=False)))} for the repriced launches (from rounded changes 46.0% and 61.3%)",
            WRONG,
            "`calibration.TABLE_1`",
            erratum=19,
            marks="two",
        ),
    )


def _cuts(*, mid_cycle: bool) -> list[Fraction]:
    return [each.cut for each in calibration.TABLE_1 if each.cut is not None and each.mid_cycle is mid_cycle]


def _products() -> tuple[Row, ...]:
    return (
        row("two exchanges announced futures in May 2026", "2 are named", HOLDS, "count", marks="two 2026"),
        row("Ornn: 33 million USD; on Bloomberg since April 2026", "no source of ours", CITED, marks="33 2026"),
        row("Table 1 covers 2023 to 2026", "its first row is of 2023, its last of 2026", HOLDS, marks="2023 2026"),
        row("500,000 USD a month is not hedged at all by GPU futures", "an example", CHOSEN, marks="500,000 zero"),
        row(
            "token prices follow GPU prices three to eight months later, by well below one",
            "no source is given",
            OPEN,
            marks="three eight",
        ),
    )


def _table_1() -> tuple[Row, ...]:
    marks = (
        "2023 2.00 1.00 50",
        "2024 30.00 10.00 67",
        "2024 15.00 5.00 67",
        "2024 0.60",
        "2024 5.00 3.75 25",
        "2025 150.00",
        "2025 8.00",
        "2026 75.00 25.00 67",
    )
    notes = {
        1: f"but {recorded.GPT_4_TURBO.input} is its input price, {recorded.GPT_4_TURBO.output} its output price",
        2: f"but {recorded.GPT_4O_MAY.input} is its input price, {recorded.GPT_4O_MAY.output} its output price",
        4: (
            f"but 5.00 was an input price and 3.75 neither: the output price of the name gpt-4o went from "
            f"{recorded.GPT_4O_MAY.output} to {recorded.GPT_4O_AUGUST.output} (-33%) when it was pointed to the August "
            "snapshot, and the pinned May snapshot kept its own"
        ),
        7: (
            f"but Opus 4.6 began at {recorded.OPUS_46.output}, as Opus 4.5 had before it, and Opus 4.1 stayed at "
            f"{recorded.OPUS_41.output}: a launch, not a mid-cycle cut"
        ),
    }
    listed = {each.model: each for each in (recorded.GPT_4O_MINI, recorded.GPT_45, recorded.GPT_41)}
    fresh = {"GPT-4o mini": "openai/gpt-4o-mini", "GPT-4.5": "openai/gpt-4.5-preview", "GPT-4.1": "openai/gpt-4.1"}
    rows = []
    for place, (event, each) in enumerate(zip(calibration.TABLE_1, marks, strict=True)):
        dollars = text(Fraction(event.new, 10**6), 2)
        if event.cut is None:
            found = listed[fresh[event.model]]
            says = f"Table 1, {event.model}: new at {dollars}"
            rows.append(check(says, dollars, found.output, found.source, marks=each))
            continue
        stated, old = each.split()[-1], text(Fraction(event.old or 0, 10**6), 2)
        says = f"Table 1, {event.model}: {old} to {dollars}, -{stated}%"
        if place in notes:
            change = f"the change is -{percent(event.cut)}; {notes[place]}"
            rows.append(row(says, change, WRONG, "recorded lists", marks=each))
        else:
            rows.append(check(says, stated, event.cut * 100, "`calibration.TABLE_1`", shown="-{}%", marks=each))
    return (
        *rows,
        row(
            "Table 1 has every documented event",
            f"left out: o3, {recorded.O3_BEFORE.output} to {recorded.O3_AFTER.output} in June 2025 (-80%), and the "
            "rise of Gemini 2.5 Flash in the same month, both mid-cycle",
            WRONG,
            "recorded lists and repricings",
        ),
    )
