"""The parts of a small pack, called ``toy``, that tests put together with rules of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

FACTS = """\
revenue: {type: money, title: {en: Revenue, zh: 收入}, definition: {en: "Sales", zh: "销售"}, maximum: "1000000000"}
cost: {type: money, title: {en: Cost, zh: 成本}, definition: {en: "Costs", zh: "成本"}, maximum: "1000000000"}
employees: {type: count, title: {en: Staff, zh: 职工}, definition: {en: "Heads", zh: "人数"}, maximum: "1000000"}
engineers: {type: count, title: {en: Engineers, zh: 技术}, definition: {en: "Heads", zh: "人数"}, maximum: "1000000"}
growth:
  {type: rate, scale: 10000, title: {en: Growth, zh: 增}, definition: {en: "G", zh: "增"}, minimum: "-1", maximum: "10"}
points: {type: score, title: {en: Points, zh: 分数}, definition: {en: "Points", zh: "分数"}, maximum: "100"}
waited: {type: days, title: {en: Wait, zh: 等待}, definition: {en: "Days", zh: "天数"}, maximum: "36500"}
founded: {type: date, title: {en: Founded, zh: 成立}, definition: {en: "Day", zh: "日期"}}
exporter: {type: bool, title: {en: Exporter, zh: 出口}, definition: {en: "Exports", zh: "出口"}}
labour: {type: bool, title: {en: Labour, zh: 劳动密集}, definition: {en: "Labour", zh: "劳动密集"}}
hightech: {type: bool, title: {en: High-tech, zh: 高新}, definition: {en: "High-tech", zh: "高新"}}
size: {type: category, values: [micro, small, large], title: {en: Size, zh: 规模}, definition: {en: "Size", zh: "规模"}}
place: {type: category, values: [east, west], title: {en: Place, zh: 地区}, definition: {en: "Place", zh: "地区"}}
"""

PARAMETERS = """\
least: {type: money, title: {en: Least, zh: 下限}, values: {2020-01-01: {value: "100000", ref: "Act, art. 2"}}}
heads: {type: count, title: {en: Heads, zh: 人数}, values: {2020-01-01: {value: "10", ref: "Act, art. 3"}}}
part: {type: rate, title: {en: Part, zh: 比例}, values: {2020-01-01: {value: "1/3", ref: "Act, art. 4"}}}
other_part: {type: rate, title: {en: Part, zh: 比例}, values: {2020-01-01: {value: "2/7", ref: "Act, art. 5"}}}
mark: {type: score, title: {en: Mark, zh: 分数线}, values: {2020-01-01: {value: "60", ref: "Act, art. 6"}}}
notice: {type: days, title: {en: Notice, zh: 期限}, values: {2020-01-01: {value: "365", ref: "Act, art. 7"}}}
deadline: {type: date, title: {en: Deadline, zh: 截止}, values: {2020-01-01: {value: 2023-12-31, ref: "Act, art. 8"}}}
allowed: {type: bool, title: {en: Allowed, zh: 允许}, values: {2020-01-01: {value: true, ref: "Act, art. 9"}}}
tiers:
  type: bands
  over: money
  gives: rate
  title: {en: Tiers, zh: 档次}
  values:
    2020-01-01:
      ref: "Act, art. 10"
      value: [{up_to: "1000", give: "0.05"}, {below: "2000", give: "1/3"}, {give: "0.02"}]
grades:
  type: bands
  over: rate
  gives: score
  title: {en: Grades, zh: 评分}
  values:
    2020-01-01: {ref: "Act, art. 11", value: [{from: "0.5", give: "20"}, {above: "1/3", give: "10"}, {give: "0"}]}
grants:
  type: table
  over: size
  gives: money
  title: {en: Grants, zh: 补助}
  values:
    2020-01-01: {ref: "Act, art. 12", value: {micro: "300", small: "200", large: "100.5"}}
"""

IMPORT = """\
from corridor.rulebook.language import (
    Bands, Bool, Category, Count, Date, Days, Money, Rate, Score, Table,
    band, ceil, floor, half_even, half_up, pick, rule, share,
)
"""

PACK = {
    "format": "corridor.pack/1",
    "id": "toy",
    "title": '{en: "Toy", zh: "玩具"}',
    "jurisdiction": "CN",
    "family": "toy",
    "currency": "CNY",
    "life": "{from: 2020-01-01}",
    "ref": '"Act on toys"',
    "source_status": "confirmed",
    "outcome": "qualifies",
    "outputs": "[qualifies]",
}

WritePack = Callable[..., Path]
