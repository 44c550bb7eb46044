"""Write firms-synthetic.csv: about two thousand firms that do not exist, drawn around published margins.

    python examples/make_firms.py            writes the file beside this one

Needs only the standard library and ncses-margins.csv. The draw is fixed: the same margins give the same bytes.
README.md beside this file says what is real, what is assumed, and what the columns mean.
"""

from __future__ import annotations

import csv
import datetime
import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

HERE = Path(__file__).resolve().parent

SEED = 20240630
FIRMS = 2_000
CNY_PER_USD = 7
"""Assumed, fixed: one US dollar of the published tables is seven yuan."""

APPLIED_ON = datetime.date(2024, 6, 30)
"""The facts are those of an application on this day: the last fiscal year is 2023."""

MISSING = 0.03
"""Share of the facts left blank on purpose."""

CITIES = {
    "Songjiang": 18,
    "Suzhou": 20,
    "Hangzhou": 18,
    "Hefei": 14,
    "Jiaxing": 9,
    "Wuhu": 7,
    "Jinhua": 6,
    "Huzhou": 5,
    "Xuancheng": 3,
}
"""Assumed: how the firms are spread over the nine cities of the corridor, in per cent."""

MONEY = (
    "revenue",
    "revenue_3y",
    "rd_expenditure",
    "rd_expenditure_3y",
    "rd_expenditure_domestic_3y",
    "hightech_income",
    "total_income",
    "costs_and_expenses",
    "total_assets",
)
HEADS = ("employees", "tertiary_employees", "st_employees", "tertiary_st_employees", "rd_employees")
OTHER = (
    "class1_ip",
    "class2_ip",
    "holds_core_ip",
    "exclusive_licence_5y",
    "evaluation_score",
    "registered_on",
    "major_incident",
    "serious_breach",
    "resident_enterprise",
    "prohibited_industry",
    "holds_hnte",
    "national_award_5y",
    "provincial_rd_body",
    "led_standard_5y",
)
FACTS = (*MONEY, *HEADS, *OTHER)
COLUMNS = ("firm", "city", "industry", "size_class", *FACTS)

Firm = dict[str, str | int | float]


@dataclass(frozen=True)
class Margin:
    """One published row: an industry, or a class of firm size."""

    key: str
    companies: int
    rd_share: float
    revenue_per_head: float
    heads_per_firm: float
    rd_staff_share: float


class Draw:
    """Random numbers made from ``random.Random.random`` alone, which Python promises to keep the same."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random  # noqa: S311  (no secret hangs on it)

    def unit(self) -> float:
        """A number above 0 and below 1."""
        return min(max(self._next(), 1e-12), 1 - 1e-12)

    def chance(self, probability: float) -> bool:
        """Yes, with this probability."""
        return self.unit() < probability

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """A draw from a normal distribution."""
        return NormalDist(mean, deviation).inv_cdf(self.unit())

    def lognormal(self, deviation: float) -> float:
        """A factor with median 1."""
        return math.exp(self.normal(0.0, deviation))

    def order(self, count: int) -> list[int]:
        """The numbers below ``count`` in random order."""
        keys = [self._next() for _ in range(count)]
        return sorted(range(count), key=lambda i: (keys[i], i))


def read_margins(path: Path) -> dict[str, dict[str, Margin]]:
    """Read the published margins: ``{"industry": {key: Margin}, "size": {key: Margin}}``."""
    margins: dict[str, dict[str, Margin]] = {"industry": {}, "size": {}}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rd_share = float(row["rd_percent_of_sales"]) / 100
            heads = float(row["employees_thousand"]) * 1e3
            sales = float(row["rd_million_usd"]) * 1e6 / rd_share
            margins[row["margin"]][row["key"]] = Margin(
                key=row["key"],
                companies=int(row["companies"]),
                rd_share=rd_share,
                revenue_per_head=sales / heads * CNY_PER_USD,
                heads_per_firm=heads / int(row["companies"]),
                rd_staff_share=float(row["rd_employees_thousand"]) * 1e3 / heads,
            )
    return margins


def quota(weights: dict[str, int], count: int) -> list[str]:
    """Share ``count`` places out in proportion to the weights, by largest remainder."""
    total = sum(weights.values())
    places = {key: count * weight // total for key, weight in weights.items()}
    left = sorted(weights, key=lambda key: (-(count * weights[key] % total), key))
    for key in left[: count - sum(places.values())]:
        places[key] += 1
    return [key for key, number in places.items() for _ in range(number)]


def fit(sizes: Sequence[float], caps: Sequence[int], target: float, unit: int) -> list[int]:
    """Scale ``sizes`` by one factor so that, rounded to ``unit`` and cut at ``caps``, they sum to ``target``."""

    def scaled(factor: float) -> list[int]:
        return [min(int(factor * size / unit + 0.5) * unit, cap) for size, cap in zip(sizes, caps, strict=True)]

    low, high = 0.0, 1.0
    while sum(scaled(high)) < target:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(scaled(middle)) < target else (low, middle)
    return scaled(float(f"{high:.9g}"))


def fit_by(
    firms: Sequence[Firm],
    group: str,
    name: str,
    target: Callable[[str, Sequence[Firm]], float],
    *,
    cap: Callable[[Firm], int],
    unit: int,
    needs: Sequence[str],
) -> None:
    """Fit column ``name`` group by group, so that the firms that tell every fact in ``needs`` meet the target.

    A firm that keeps one of them to itself is scaled by the same factor, as nearly as rounding allows.
    """
    for key in dict.fromkeys(str(firm[group]) for firm in firms):
        members = [firm for firm in firms if firm[group] == key]
        told = [firm for firm in members if not any(firm[f"blank:{need}"] for need in needs)]
        fitted = fit([float(f[name]) for f in told], [cap(f) for f in told], target(key, told), unit)
        factor = sum(fitted) / sum(float(firm[name]) for firm in told)
        for firm in members:
            firm[name] = max(unit, min(int(factor * float(firm[name]) / unit + 0.5) * unit, cap(firm)))
        for firm, value in zip(told, fitted, strict=True):
            firm[name] = max(unit, value)


def make_firms(margins: dict[str, dict[str, Margin]], count: int = FIRMS) -> list[Firm]:
    """Draw the firms; every fact is known here, and ``blank:<fact>`` says which the file leaves out."""
    draw = Draw(SEED)
    by_industry, by_size = margins["industry"], margins["size"]
    industries = quota({key: margin.companies for key, margin in by_industry.items()}, count)
    sizes = quota({key: margin.companies for key, margin in by_size.items()}, count)
    cities = quota(CITIES, count)
    size_order, city_order = draw.order(count), draw.order(count)
    firms: list[Firm] = [
        {"industry": industry, "size_class": sizes[size_order[i]], "city": cities[city_order[i]]}
        for i, industry in enumerate(industries)
    ]
    firms = [firms[i] for i in draw.order(count)]
    for number, firm in enumerate(firms, start=1):
        firm["firm"] = f"S-{number:05}"
        for fact in FACTS:
            firm[f"blank:{fact}"] = int(draw.chance(MISSING))

    _draw_heads(draw, firms, by_size)
    _draw_revenue(draw, firms, by_industry)
    _draw_research(draw, firms, by_industry, by_size)
    for firm in firms:
        _draw_staff(draw, firm)
        _draw_years(draw, firm)
        _draw_accounts(draw, firm)
        _draw_standing(draw, firm)
    return firms


def _draw_heads(draw: Draw, firms: list[Firm], by_size: dict[str, Margin]) -> None:
    """Employees: spread evenly over the class's distribution, which has the published mean."""
    for key, margin in by_size.items():
        members = [firm for firm in firms if firm["size_class"] == key]
        low, high = (int(bound) for bound in key.split("-"))
        power = (high - low) / (margin.heads_per_firm - low) - 1
        for firm, place in zip(members, draw.order(len(members)), strict=True):
            firm["employees"] = low + int((high - low) * ((place + draw.unit()) / len(members)) ** power + 0.5)


def _draw_revenue(draw: Draw, firms: list[Firm], by_industry: dict[str, Margin]) -> None:
    """Revenue: firms differ by a factor; each industry has its published sales per employee."""
    for firm in firms:
        firm["revenue"] = float(firm["employees"]) * draw.lognormal(0.7)

    def sales(key: str, told: Sequence[Firm]) -> float:
        return by_industry[key].revenue_per_head * sum(float(firm["employees"]) for firm in told)

    fit_by(firms, "industry", "revenue", sales, cap=lambda _: 10**12, unit=1000, needs=("revenue", "employees"))


def _draw_research(draw: Draw, firms: list[Firm], by_industry: dict[str, Margin], by_size: dict[str, Margin]) -> None:
    """R&D: higher in small firms, as published; each industry has its published share of sales."""
    for firm in firms:
        zeal = draw.normal()
        firm["zeal"] = zeal
        small = by_size[str(firm["size_class"])]
        firm["rd_expenditure"] = float(firm["revenue"]) * small.rd_share * math.exp(0.9 * zeal)
        staff = by_industry[str(firm["industry"])].rd_staff_share
        spread = math.exp(0.4 * zeal + draw.normal(0.0, 0.3))
        firm["rd_employees"] = float(firm["employees"]) * staff * spread

    def research(key: str, told: Sequence[Firm]) -> float:
        return by_industry[key].rd_share * sum(float(firm["revenue"]) for firm in told)

    def staff_of(key: str, told: Sequence[Firm]) -> float:
        return by_size[key].rd_staff_share * sum(float(firm["employees"]) for firm in told)

    fit_by(
        firms,
        "industry",
        "rd_expenditure",
        research,
        cap=lambda firm: int(firm["revenue"]) * 3 // 2,
        unit=1000,
        needs=("rd_expenditure", "revenue"),
    )
    fit_by(
        firms,
        "size_class",
        "rd_employees",
        staff_of,
        cap=lambda firm: int(firm["employees"]) * 9 // 10,
        unit=1,
        needs=("rd_employees", "employees"),
    )


def _draw_staff(draw: Draw, firm: Firm) -> None:
    """Staff with a degree, and the science and technology staff around the R&D staff."""
    heads, research = int(firm["employees"]), int(firm["rd_employees"])
    technical = research + int((heads - research) * 0.12 * draw.unit() + 0.5)
    schooled = int(technical * (0.75 + 0.25 * draw.unit()) + 0.5)
    firm["st_employees"] = technical
    firm["tertiary_st_employees"] = schooled
    firm["tertiary_employees"] = schooled + int((heads - technical) * 0.5 * draw.unit() + 0.5)


def _draw_years(draw: Draw, firm: Firm) -> None:
    """The day of registration, and the last three fiscal years (fewer for a young firm)."""
    age = int(215 + 9_000 * draw.unit() ** 1.6)
    registered = APPLIED_ON - datetime.timedelta(days=age)
    firm["registered_on"] = registered.isoformat()
    years = min(3, APPLIED_ON.year - registered.year)
    revenue = sales = int(firm["revenue"])
    research = spent = int(firm["rd_expenditure"])
    for _ in range(years - 1):
        growth = min(max(draw.normal(0.10, 0.20), -0.4), 1.0)
        before = _thousands(sales / (1 + growth))
        spent = _thousands(spent / sales * before * draw.lognormal(0.15))
        sales = before
        revenue += sales
        research += spent
    firm["revenue_3y"] = revenue
    firm["rd_expenditure_3y"] = research
    firm["rd_expenditure_domestic_3y"] = min(research, _thousands(research * draw.unit() ** 0.15))


def _draw_accounts(draw: Draw, firm: Firm) -> None:
    """Income, cost and assets of the last fiscal year."""
    revenue = int(firm["revenue"])
    total = _thousands(revenue * (1 + 0.05 * draw.unit() ** 2))
    firm["total_income"] = total
    firm["hightech_income"] = min(total, _thousands(total * draw.unit() ** 0.4))
    firm["costs_and_expenses"] = max(_thousands(revenue * draw.lognormal(0.08) * 0.93), int(firm["rd_expenditure"]))
    firm["total_assets"] = _thousands(revenue * draw.lognormal(0.5))


def _draw_standing(draw: Draw, firm: Firm) -> None:
    """Intellectual property, the experts' score, and conduct."""
    zeal = float(firm["zeal"])
    class1 = max(0, int(draw.normal(0.8 + 1.2 * zeal, 1.5)))
    class2 = max(0, int(draw.normal(6 + 3 * zeal, 5.0)))
    firm["class1_ip"], firm["class2_ip"] = class1, class2
    firm["holds_core_ip"] = _truth(class1 + class2 > 0 and draw.chance(0.95))
    firm["exclusive_licence_5y"] = _truth(draw.chance(0.05))
    firm["evaluation_score"] = min(max(int(draw.normal(72 + 5 * zeal, 9.0) + 0.5), 0), 100)
    firm["major_incident"] = _truth(draw.chance(0.02))
    firm["serious_breach"] = _truth(draw.chance(0.01))
    firm["resident_enterprise"] = _truth(draw.chance(0.995))
    firm["prohibited_industry"] = _truth(draw.chance(0.005))
    firm["holds_hnte"] = _truth(draw.chance(0.40 if zeal > 0 else 0.12))
    firm["national_award_5y"] = _truth(draw.chance(0.01))
    firm["provincial_rd_body"] = _truth(draw.chance(0.06))
    firm["led_standard_5y"] = _truth(draw.chance(0.04))


def _thousands(amount: float) -> int:
    return max(1, int(amount / 1000 + 0.5)) * 1000


def _truth(value: bool) -> str:
    return "yes" if value else "no"


def to_csv(firms: Sequence[Firm]) -> str:
    """Write the firms as CSV text; a blank cell is a missing fact."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for firm in firms:
        lines.writerow(["" if firm.get(f"blank:{column}") else firm[column] for column in COLUMNS])
    return text.getvalue()


def main() -> None:
    """Write the file beside this program."""
    firms = make_firms(read_margins(HERE / "ncses-margins.csv"))
    (HERE / "firms-synthetic.csv").write_text(to_csv(firms), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
